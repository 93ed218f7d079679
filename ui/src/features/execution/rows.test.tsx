import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { NodeRow } from './NodeRow'
import { EventLine } from './EventsTab'
import { zone } from '@/components/time/zone'

const place = { execution: 'run', path: 'n0' }
const status = { phase: 'FAILED', created: 1, started: 1, ended: 2, attempt: 1, reuse: '' } as const
const none = () => {}

describe('a node whose newest attempt was lost', () => {
  it('has in the list the mark that it has in the graph', () => {
    const row = { key: 'run:n0', place, depth: 0, name: 'load', kind: 'task', open: null, failure: '' } // prettier-ignore
    const props = { id: 'r0', top: 0, isLive: false, isSelected: false, onSelect: none, onToggle: none, onMore: none } // prettier-ignore
    const marked = (lost: boolean) =>
      render(<NodeRow row={{ ...row, status: { ...status, lost } }} {...props} />)
    const { unmount } = marked(true)
    expect(screen.getByTitle('lost')).toBeDefined()
    unmount()
    marked(false)
    expect(screen.getByTitle('failed')).toBeDefined()
  })
})

describe('an event', () => {
  it('tells its date on hover', () => {
    zone.set('UTC')
    const line = { seq: 1, at: 86_400 * 365, ...place, attempt: 0, event: 'RUNNING', detail: '' }
    render(<EventLine line={line} own="run" name="load" isSelected={false} onSelect={none} />)
    expect(screen.getByText('00:00:00.000').title).toBe('1971-01-01 00:00:00 UTC')
  })
})
