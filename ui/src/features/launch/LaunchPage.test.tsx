import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router' // prettier-ignore
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { execution } from '@/api/executions/queries'
import type { EntityKey, Execution } from '@/api/schema'
import { LaunchPage } from './LaunchPage'

const KEY: EntityKey = {
  kind: 'workflow',
  project: 'default',
  domain: 'development',
  name: 'sums',
  version: 'v2',
}

const ENTITIES = '/api/v1/workflows'

/** What is answered by the route, as it is or as a text. */
const ANSWERS: Record<string, unknown> = {
  [ENTITIES]: { items: [{ key: KEY }], next: null },
  versions: { items: [{ key: KEY }, { key: { ...KEY, version: 'v1' } }], next: null },
  '/api/v1/tasks': { items: [], next: null },
  '/api/v1/launch-plans': {
    items: [{ key: { ...KEY, kind: 'launch_plan', name: 'nightly' } }],
    next: null,
  },
  [`${ENTITIES}/{project}/{domain}/{name}/{version}`]: JSON.stringify({
    summary: { key: KEY, description: 'Adds up.' },
    interface: { inputs: [] },
    spec: {},
  }),
  '/api/v1/executions/{id}/inputs': '{"values": {}, "record": ""}',
  '/api/v1/whoami': { name: 'me', role: 'admin', projects: null },
}

const server = vi.hoisted(() => ({ asked: [] as string[] }))

vi.mock('@/api/client', () => ({
  client: {
    GET: (route: string, about: { params?: { query?: { versions?: boolean } } }) => {
      server.asked.push(route)
      const name = about.params?.query?.versions ? 'versions' : route
      return Promise.resolve({ data: ANSWERS[name] })
    },
  },
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
}))

// The router scrolls to where it was, and jsdom does not scroll.
beforeAll(() => {
  vi.stubGlobal('scrollTo', () => undefined)
  Element.prototype.scrollIntoView = () => undefined
})

beforeEach(() => {
  server.asked = []
})

/** What the page asks for, but for who is looking, which the frame knows already. */
const asked = () => server.asked.filter(route => !route.endsWith('/whoami'))

function show(address: string, client = new QueryClient()) {
  const root = createRootRoute()
  const launch = createRoute({
    getParentRoute: () => root,
    path: '/launch',
    component: LaunchPage,
  })
  const history = createMemoryHistory({ initialEntries: [address] })
  const router = createRouter({ routeTree: root.addChildren([launch]), history })
  render(
    <MantineProvider>
      <QueryClientProvider client={client}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
}

it('asks for two lists of what can be launched, and for launch plans when somebody chooses', async () => {
  show('/launch')
  const field = await screen.findByPlaceholderText('Its name')
  await waitFor(() => expect(asked()).toHaveLength(2))
  fireEvent.click(field)
  expect(await screen.findByText('nightly')).toBeTruthy()
  expect(screen.getAllByText('sums').length).toBeGreaterThan(0)
  expect(asked()).toHaveLength(3)
})

it('asks for nothing of an execution that is known, and for versions when one is chosen', async () => {
  const client = new QueryClient()
  const options = { labels: {}, annotations: {}, max_parallelism: null, executor: '' }
  const known = { id: 'e1', entity: KEY, bundle: '', ...options } as Execution
  client.setQueryData(execution('e1').queryKey, known, { updatedAt: 1 })
  show('/launch?from=e1', client)
  const field = await screen.findByRole('combobox', { name: 'Version' })
  expect(asked().sort()).toEqual([
    '/api/v1/executions/{id}/inputs',
    `${ENTITIES}/{project}/{domain}/{name}/{version}`,
  ])
  fireEvent.click(field)
  expect(await screen.findByText('v1')).toBeTruthy()
  expect(asked()).toHaveLength(3)
})
