import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { FilterLine } from './FilterLine'
import type { Typing } from './suggest'

vi.mock('@/components/page/place', () => ({ usePlaceFilter: () => ({}) }))

it('keeps a suggestion while more of it is written, until it is known what there is', async () => {
  const asked: string[] = []
  const values = (_: string, { prefix }: Typing) => {
    asked.push(prefix)
    return prefix === 'so' ? [{ text: 'retail.solve' }] : new Promise<never>(() => undefined)
  }
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <FilterLine
          value=""
          onChange={() => undefined}
          suggest={{ name: 'test', keys: { workflow: 'its name' }, values }}
          placeholder=""
        />
      </QueryClientProvider>
    </MantineProvider>,
  )
  const line = screen.getByRole('textbox', { name: 'Filter' })
  const write = (text: string) => fireEvent.change(line, { target: { value: text } })
  fireEvent.focus(line)
  write('workflow:so')
  await screen.findByText('retail.solve')
  write('workflow:sol')
  await waitFor(() => expect(asked).toContain('sol'))
  expect(screen.queryByText('retail.solve')).not.toBeNull()
  write('workflow:salt')
  expect(screen.queryByText('retail.solve')).toBeNull()
})
