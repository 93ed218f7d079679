import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router' // prettier-ignore
import { render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { queries } from '@/api/query'
import { EntitiesPage } from './EntitiesPage'

const LATELY = '/api/v1/fleet/entities'

/** A server that tells news when it is told to. */
const server = vi.hoisted(() => ({
  asked: [] as string[],
  news: null as ReadableStreamDefaultController<Uint8Array> | null,
}))

function tell(event: string, data: object): void {
  const text = `id: 1\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
  server.news?.enqueue(new TextEncoder().encode(text))
}

vi.mock('@/api/client', () => ({
  client: {
    GET: (route: string) => {
      server.asked.push(route)
      const isPlain = route === LATELY || route === '/api/v1/schedules'
      return Promise.resolve({ data: isPlain ? [] : { items: [], next: null } })
    },
  },
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
  send: () => Promise.resolve(new Response(new ReadableStream({ start: line => void (server.news = line) }))), // prettier-ignore
}))

// The router scrolls to where it was, and jsdom does not scroll.
beforeAll(() => {
  vi.stubGlobal('scrollTo', () => undefined)
})

afterEach(() => vi.useRealTimers())

const looks = () => server.asked.filter(route => route === LATELY).length

function show(path: string): void {
  const root = createRootRoute()
  const entities = createRoute({ getParentRoute: () => root, path, component: EntitiesPage })
  const history = createMemoryHistory({ initialEntries: [path] })
  const router = createRouter({ routeTree: root.addChildren([entities]), history })
  render(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
}

it('asks how workflows have run lately when an execution begins or ends', async () => {
  show('/workflows')
  await waitFor(() => expect([looks(), server.news]).toEqual([1, expect.anything()]))
  tell('hello', { seq: 1 })
  tell('message', { seq: 2, at: 0, execution: 'e1', event: 'ExecutionSucceeded' })
  await waitFor(() => expect(looks()).toBe(2))
})

it('looks within two seconds whether launch plans are still active, of which nobody is told', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  show('/launch-plans')
  const asked = () => server.asked.filter(route => route === '/api/v1/launch-plans').length
  await waitFor(() => expect(asked()).toBe(1))
  await screen.findByText('No launch plans are registered here')
  vi.advanceTimersByTime(2000)
  vi.useRealTimers()
  await waitFor(() => expect(asked()).toBe(2))
})
