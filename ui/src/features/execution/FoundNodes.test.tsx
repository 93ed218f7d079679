import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { nodeList } from '@/api/graph/nodes'
import type { PageNode } from '@/api/schema'
import { FoundNodes } from './FoundNodes'
import type { ExecutionView } from './useView'

const server = vi.hoisted(() => ({ asked: 0 }))

vi.mock('@/api/client', () => ({
  client: {
    GET: () => {
      server.asked += 1
      return Promise.resolve({ data: { items: [], next: String(server.asked) } })
    },
  },
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
}))

afterEach(() => vi.useRealTimers())

it('is not older than two seconds when a few pages were read', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  const filter = { search: 'fit' }
  const page: PageNode = { items: [], next: '1' }
  const three = { pages: [page, page, page], pageParams: ['', '1', '2'] }
  client.setQueryData(nodeList('e', filter).queryKey, three)
  render(
    <MantineProvider>
      <QueryClientProvider client={client}>
        <FoundNodes
          view={{ root: { execution: 'e', path: '' } } as ExecutionView}
          filter={filter}
          isLive
          selected=""
          onSelect={() => undefined}
        />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await screen.findByText('No node is like that')
  expect(server.asked).toBe(0)
  vi.advanceTimersByTime(1900)
  vi.useRealTimers()
  await waitFor(() => expect(server.asked).toBe(3))
})
