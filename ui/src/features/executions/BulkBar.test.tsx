import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router' // prettier-ignore
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { execution } from '@/api/executions/queries'
import { whoami } from '@/api/server/queries'
import type { Execution, Identity } from '@/api/schema'
import { BulkBar } from './BulkBar'

/** What a server is asked to begin: names by the execution that is run again. */
const server = vi.hoisted(() => ({ isAway: false, asked: [] as [string, string][] }))

vi.mock('@/api/client', () => ({
  client: {
    POST: (_: string, about: { params: { path: { id: string } }; body: { name: string } }) => {
      const { id } = about.params.path
      server.asked.push([id, about.body.name])
      if (server.isAway && id === 'e2') return Promise.reject(new Error('no answer'))
      return Promise.resolve({ data: { id: about.body.name } })
    },
  },
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
}))

// The router scrolls to where it was, and jsdom does not scroll.
beforeAll(() => {
  vi.stubGlobal('scrollTo', () => undefined)
})

beforeEach(() => {
  server.asked = []
})

function row(id: string): Execution {
  return { id, phase: 'SUCCEEDED', created: 1, entity: { name: 'sums' } } as Execution
}

/** The bar over some executions that are chosen. */
function shown(chosen: Execution[], onClear: () => void = vi.fn()) {
  const client = new QueryClient()
  client.setQueryData(whoami.queryKey, { name: 'me', role: 'admin' } as Identity)
  const root = createRootRoute({
    component: () => <BulkBar chosen={chosen} onClear={onClear} />,
  })
  const router = createRouter({ routeTree: root, history: createMemoryHistory() })
  render(
    <MantineProvider>
      <QueryClientProvider client={client}>
        <Notifications />
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  return { client, router }
}

async function relaunch(item: string) {
  fireEvent.click(await screen.findByRole('button', { name: 'Relaunch' }))
  fireEvent.click(await screen.findByText(item))
}

it('lets the form of a launch know the execution that it begins with', async () => {
  const one = row('e1')
  const { client, router } = shown([one])
  await relaunch('With changes…')
  await waitFor(() => expect(router.state.location.href).toBe('/launch?from=e1'))
  expect(client.getQueryData(execution('e1').queryKey)).toBe(one)
})

it('begins each of them once when it is pressed again after a lost answer', async () => {
  const clear = vi.fn()
  shown([row('e1'), row('e2')], clear)
  server.isAway = true
  await relaunch('All 2 as they were')
  expect(await screen.findByText('no answer')).toBeTruthy()
  server.isAway = false
  await relaunch('All 2 as they were')
  await waitFor(() => expect(clear).toHaveBeenCalledOnce())
  const [first, second, ...again] = server.asked
  expect(again).toEqual([first, second])
  expect(first?.[1]).not.toBe(second?.[1])

  await relaunch('All 2 as they were')
  await waitFor(() => expect(server.asked).toHaveLength(6))
  expect(server.asked[4]?.[1]).not.toBe(first?.[1])
})
