import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router' // prettier-ignore
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { beforeAll, expect, it, vi } from 'vitest'
import { execution } from '@/api/executions/queries'
import { whoami } from '@/api/server/queries'
import type { Execution, Identity } from '@/api/schema'
import { BulkBar } from './BulkBar'

// The router scrolls to where it was, and jsdom does not scroll.
beforeAll(() => {
  vi.stubGlobal('scrollTo', () => undefined)
})

it('lets the form of a launch know the execution that it begins with', async () => {
  const client = new QueryClient()
  client.setQueryData(whoami.queryKey, { name: 'me', role: 'admin' } as Identity)
  const row = { id: 'e1', phase: 'SUCCEEDED', created: 1 } as Execution
  const root = createRootRoute({
    component: () => <BulkBar chosen={[row]} onClear={() => undefined} />,
  })
  const router = createRouter({ routeTree: root, history: createMemoryHistory() })
  render(
    <MantineProvider>
      <QueryClientProvider client={client}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  fireEvent.click(await screen.findByRole('button', { name: 'Relaunch' }))
  fireEvent.click(await screen.findByText('With changes…'))
  await waitFor(() => expect(router.state.location.href).toBe('/launch?from=e1'))
  expect(client.getQueryData(execution('e1').queryKey)).toBe(row)
})
