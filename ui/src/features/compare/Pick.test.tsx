import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router' // prettier-ignore
import { render, screen } from '@testing-library/react'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { queries } from '@/api/query'
import { ComparePage } from './ComparePage'

const server = vi.hoisted(() => ({ items: [] as unknown[] }))

vi.mock('@/api/client', () => ({
  client: { GET: () => Promise.resolve({ data: { items: server.items, next: null } }) },
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
  send: () => new Promise(() => undefined), // the news never come
}))

// The router scrolls to where it was, and jsdom does not scroll.
beforeAll(() => {
  vi.stubGlobal('scrollTo', () => undefined)
})

afterEach(() => vi.useRealTimers())

const SUMS = { kind: 'workflow', project: 'p', domain: 'd', name: 'sums', version: 'v1' }
const RUNNING = { id: 'e1', phase: 'RUNNING', entity: SUMS, created: 1, ended: null, driven: true }

it('tells of what has begun while somebody chooses', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const root = createRootRoute()
  const compare = createRoute({
    getParentRoute: () => root,
    path: '/compare',
    component: ComparePage,
  })
  const history = createMemoryHistory({ initialEntries: ['/compare'] })
  const router = createRouter({ routeTree: root.addChildren([compare]), history })
  render(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await screen.findByText('Which execution?')
  expect(screen.queryByRole('table')).toBeNull()
  server.items = [RUNNING]
  vi.advanceTimersByTime(2000)
  expect(await screen.findByRole('table', { name: 'Executions to compare' })).toBeTruthy()
})
