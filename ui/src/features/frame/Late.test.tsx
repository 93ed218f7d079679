import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { fireEvent, render, screen } from '@testing-library/react'
import { type ComponentType, useState } from 'react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Late, type PartProps } from './Late'

function Opened({ onClose }: PartProps) {
  return <button onClick={onClose}>close</button>
}

/** A page with something to write in, over which a part opens. */
function Page({ load }: { load: () => Promise<ComponentType<PartProps>> }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <MantineProvider>
      <Notifications />
      <input aria-label="Reason" />
      <button onClick={() => setOpen(true)}>open</button>
      {isOpen && <Late load={load} onClose={() => setOpen(false)} />}
    </MantineProvider>
  )
}

describe('a part that is loaded late', () => {
  // React tells of every error that a boundary takes.
  beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())

  it('opens and closes', async () => {
    render(<Page load={() => Promise.resolve(Opened)} />)
    fireEvent.click(screen.getByText('open'))
    fireEvent.click(await screen.findByText('close'))
    expect(screen.queryByText('close')).toBeNull()
  })

  it('leaves what was typed if it cannot be loaded, and can be opened later', async () => {
    let isAway = true
    const load = () => (isAway ? Promise.reject(new TypeError('away')) : Promise.resolve(Opened))
    render(<Page load={load} />)
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'half typed' } })
    fireEvent.click(screen.getByText('open'))
    expect(await screen.findByText(/Search cannot be shown/)).toBeDefined()
    expect(screen.getByLabelText<HTMLInputElement>('Reason').value).toBe('half typed')
    isAway = false
    fireEvent.click(screen.getByText('open'))
    expect(await screen.findByText('close')).toBeDefined()
    expect(screen.getByLabelText<HTMLInputElement>('Reason').value).toBe('half typed')
  })
})
