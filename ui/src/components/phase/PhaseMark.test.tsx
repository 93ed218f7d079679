import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { PHASES, phaseOf, phaseWord } from '@/core/phase/phase'
import { PhaseMark } from './PhaseMark'

describe('a phase', () => {
  it.each(PHASES)('%s has a shape, a colour and a word', phase => {
    const { container } = render(<PhaseMark phase={phase} />)
    expect(screen.getByText(phaseWord(phase))).toBeDefined()
    expect(container.querySelector(`[data-phase=${phase}] svg > *`)).not.toBeNull()
  })

  it('turns only while it is live', () => {
    const turning = (live: boolean) =>
      render(<PhaseMark phase="RUNNING" live={live} />).container.querySelector('svg[class]')
    expect(turning(true)).not.toBeNull()
    expect(turning(false)).toBeNull()
  })

  it('that is not known yet is shown as pending', () => {
    expect(phaseOf('paused')).toBe('PENDING')
    expect(phaseOf('failed')).toBe('FAILED')
  })
})
