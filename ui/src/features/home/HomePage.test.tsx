import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router' // prettier-ignore
import { render, screen, waitFor } from '@testing-library/react'
import { beforeAll, expect, it, vi } from 'vitest'
import { newsOf } from '@/api/news/news'
import { queries } from '@/api/query'
import { HomePage } from './HomePage'

const LATELY = { since: 0, until: 1, counts: {}, all: { phases: { SUCCEEDED: 1 } } }
const NOTHING = { lately: LATELY, running: [], failed: [], gates: [], schedules: [] }
const SYSTEM = { checks: [], engines: [], executors: [] }
const GATE = { execution: 'e1', path: 'n0', key: 'n0', name: 'agreed', question: 'Is it good?' }

/** Two seconds, and more where the machine is busy; news and nothing else would be waited for longer. */
const SOON = { timeout: 4500 }

const server = vi.hoisted(() => ({ gates: [] as unknown[] }))

vi.mock('@/api/client', () => ({
  client: { GET: () => Promise.resolve({ data: { ...NOTHING, system: SYSTEM, gates: server.gates } }) }, // prettier-ignore
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
  // The news are there, and tell of nothing: gates are none of theirs.
  send: () =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          start: line => {
            line.enqueue(new TextEncoder().encode('event: hello\ndata: {"seq": 1}\n\n'))
          },
        }),
      ),
    ),
}))

// The router scrolls to where it was, and jsdom does not scroll.
beforeAll(() => {
  vi.stubGlobal('scrollTo', () => undefined)
})

it('says soon who is waited for, of which the news do not tell', async () => {
  const root = createRootRoute({ component: HomePage })
  const router = createRouter({ routeTree: root, history: createMemoryHistory() })
  render(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await screen.findByText('Nobody is waited for')
  await waitFor(() => expect(newsOf({}).get()).toBe('open'))
  server.gates = [{ gate: GATE, entity: { project: 'default' } }]
  const answer = screen.findByRole('button', { name: 'Answer agreed' }, SOON)
  expect(await answer).toBeTruthy()
})
