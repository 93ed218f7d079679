import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import { useState } from 'react'
import { expect, it } from 'vitest'
import { Feed, type Answer } from '@/api/graph/feed'
import type { NodeStatus } from '@/api/graph/feeds'
import { itemsOf } from '@/core/graph/outline'
import type { Place } from '@/core/graph/place'
import { readGraph, type ScopeGraph } from '@/core/graph/shape'
import { readStatus } from '@/core/graph/status'
import { useOpened } from './opened'
import { useOutline } from './useOutline'

const ROOT: Place = { execution: 'parent', path: '' }

/** By execution: one with a launch plan, and the one that this starts. */
const GRAPHS: Record<string, ScopeGraph> = {
  parent: readGraph({ nodes: [{ id: 'n0', path: 'n0', kind: 'launch_plan', title: 'plan' }] }),
  child: readGraph({ nodes: [{ id: 'n0', path: 'n0', title: 'task' }] }),
}

function planThatHasStarted(child: string): NodeStatus {
  const status = readStatus({
    path: 'n0',
    kind: 'launch_plan',
    phase: 'RUNNING',
    created: 0,
    child,
  })
  return { ...status, arm: null }
}

/** An outline of `parent`, whose launch plan has started as much as `state` says. */
function shown(state: { child: string }) {
  const ask = (execution: string) => {
    const items = execution === 'parent' ? [planThatHasStarted(state.child)] : []
    return Promise.resolve<Answer<NodeStatus>>({ items, seq: 0, complete: true, next: null })
  }
  const statuses = new Feed<NodeStatus>(ask)
  const query = ({ execution, path }: Place) => ({
    queryKey: [execution, path],
    queryFn: () => GRAPHS[execution],
  })
  const client = new QueryClient()
  const { result } = renderHook(
    () => {
      const opened = useOpened(null, useState(''))
      return { opened, inside: useOutline(ROOT, opened, statuses, query) }
    },
    { wrapper: p => <QueryClientProvider client={client}>{p.children}</QueryClientProvider> },
  )
  const item = () => itemsOf(result.current.inside)[0]
  const settle = () => act(() => new Promise(done => setTimeout(done)))
  return { result, statuses, item, settle }
}

it('lets a launch plan be opened as soon as its execution is known', async () => {
  const state = { child: '' }
  const { statuses, item, settle } = shown(state)
  await settle()
  expect(item()).toMatchObject({ opens: false, child: '' })
  state.child = 'child'
  statuses.refresh()
  await settle()
  expect(item()).toMatchObject({ opens: true, child: 'child' })
})

it('shows what is inside of a child execution, in place', async () => {
  const { result, item, settle } = shown({ child: 'child' })
  await settle()
  act(() => result.current.opened.toggle('parent:n0', true))
  await settle()
  expect(item()?.inside).toMatchObject({
    kind: 'graph',
    scope: { execution: 'child', path: '' },
    items: [{ key: 'child:n0', depth: 1 }],
  })
})
