import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router' // prettier-ignore
import { act, render, screen } from '@testing-library/react'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { NEWEST, type Order } from '@/api/executions/queries'
import { Fresh } from './Fresh'
import { useLiveList } from './useLiveList'

interface Query {
  sort?: string
  ascending?: boolean
  limit: number
}

/** A server with executions, of which more begin; the newest are first, as they are there. */
const server = vi.hoisted(() => ({ executions: [] as { id: string }[], asked: [] as Query[] }))

vi.mock('@/api/client', () => ({
  client: {
    GET: (_: string, { params: { query } }: { params: { query: Query } }) => {
      server.asked.push(query)
      const found = query.ascending ? server.executions.toReversed() : server.executions
      const items = found.slice(0, query.limit)
      return Promise.resolve({ data: { items, next: items.at(-1)?.id ?? null } })
    },
  },
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
  send: () => new Promise(() => undefined), // the news never come
}))

// The router scrolls to where it was, and jsdom does not scroll.
beforeAll(() => {
  vi.stubGlobal('scrollTo', () => undefined)
})

beforeEach(() => {
  server.asked = []
  server.executions = Array.from({ length: 300 }, (_, at) => ({ id: `e${299 - at}` }))
})

const ALL = {}

function List({ order }: { order: Order }) {
  const { rows, fresh, take } = useLiveList(ALL, order)
  return (
    <>
      <p>
        {rows.length} from {rows[0]?.id}
      </p>
      <Fresh count={fresh.length} isOpen onTake={take} />
    </>
  )
}

async function show(order: Order): Promise<QueryClient> {
  const client = new QueryClient()
  const root = createRootRoute({ component: () => <List order={order} /> })
  const router = createRouter({ routeTree: root, history: createMemoryHistory() })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  )
  await screen.findByText(/^100 from/)
  await settle()
  return client
}

/** Time for many answers, which take none. */
const settle = () => act(() => new Promise(done => setTimeout(done, 50)))

it('puts on top what is new', async () => {
  const client = await show(NEWEST)
  server.executions.unshift({ id: 'new' })
  await act(() => client.invalidateQueries({ queryKey: ['executions', 'list', 'first'] }))
  expect(await screen.findByText('101 from new')).toBeTruthy()
})

it.each<Order>([
  { sort: 'started', ascending: true },
  { sort: 'duration', ascending: false },
])('asks for a list in another order once, and puts nothing on top of it: %o', async order => {
  await show(order)
  expect(server.asked).toHaveLength(1)
  expect(screen.getByText(order.ascending ? '100 from e0' : '100 from e299')).toBeTruthy()
})
