import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router' // prettier-ignore
import { render, screen } from '@testing-library/react'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { queries } from '@/api/query'
import { EntityPage } from './EntityPage'

const KEY = {
  kind: 'launch_plan',
  project: 'default',
  domain: 'development',
  name: 'nightly',
  version: 'v1',
}

const server = vi.hoisted(() => ({ active: 'v1' }))

function answer(route: string): unknown {
  if (route.endsWith('/course')) return { executions: [], fires: [], told: '' }
  if (route.endsWith('/whoami')) return { name: 'me', role: 'admin', projects: null }
  if (!route.includes('{name}')) return { items: [], next: null }
  const summary = { key: KEY, active_version: server.active, description: '', created: 1 }
  return JSON.stringify({ summary, interface: {}, spec: {}, defaults: {}, fixed: {} })
}

vi.mock('@/api/client', () => ({
  client: { GET: (route: string) => Promise.resolve({ data: answer(route) }) },
  data: async (answered: Promise<{ data: unknown }>) => (await answered).data,
  send: () => new Promise(() => undefined), // the news never come
}))

// The router scrolls to where it was, and jsdom does not scroll.
beforeAll(() => {
  vi.stubGlobal('scrollTo', () => undefined)
})

afterEach(() => vi.useRealTimers())

it('says that a launch plan is not active any more, whoever has deactivated it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const root = createRootRoute()
  const entity = createRoute({
    getParentRoute: () => root,
    path: '/$noun/$project/$domain/$name',
    component: EntityPage,
  })
  const address = '/launch-plans/default/development/nightly?view=versions'
  const history = createMemoryHistory({ initialEntries: [address] })
  const router = createRouter({ routeTree: root.addChildren([entity]), history })
  render(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await screen.findByText('Active')
  server.active = ''
  vi.advanceTimersByTime(2000)
  expect(await screen.findByText('Not active')).toBeTruthy()
})
