import { describe, expect, it } from 'vitest'
import { explain, isLost, readRow, segments, type TimelineAttempt, type TimelineRow } from './bars'
import { isMore, lines } from './rows'
import { between, pan, part, ticks, zoom } from './span'

const attempt = (more: Partial<TimelineAttempt>): TimelineAttempt => ({
  number: 1, phase: 'SUCCEEDED', created: 10, due: 0, taken: null, started: null, returned: null,
  ended: null, executor: 'process', ...more,
}) // prettier-ignore

describe('segments', () => {
  it('split an attempt into its stages', () => {
    const whole = attempt({ taken: 12, started: 13, returned: 19, ended: 20 })
    expect(segments(whole, 99)).toEqual([
      { stage: 'queued', from: 10, to: 12 },
      { stage: 'starting', from: 12, to: 13 },
      { stage: 'running', from: 13, to: 19 },
      { stage: 'writing', from: 19, to: 20 },
    ])
  })

  it('go on until now while it runs', () => {
    expect(segments(attempt({}), 15)).toEqual([{ stage: 'queued', from: 10, to: 15 }])
    expect(segments(attempt({ taken: 11, started: 12 }), 15).at(-1)).toEqual({
      stage: 'running',
      from: 12,
      to: 15,
    })
  })

  it('tell whether the newest attempt was lost', () => {
    const row = readRow({ path: 'n0', kind: 'task', phase: 'FAILED', created: 10 })
    const lost = attempt({ phase: 'LOST' })
    expect(isLost(row)).toBe(false)
    expect(isLost({ ...row, attempts: [attempt({}), lost] })).toBe(true)
    expect(isLost({ ...row, attempts: [lost, attempt({})] })).toBe(false)
  })

  it('wait for a retry first', () => {
    expect(
      segments(attempt({ due: 13, taken: 14, ended: 16 }), 99).map(each => each.stage),
    ).toEqual(['waiting', 'queued', 'starting'])
  })

  it('never run backwards, however clocks differ', () => {
    const odd = attempt({ taken: 14, started: 9, returned: 30, ended: 20 })
    let at = 10
    for (const { from, to } of segments(odd, 0)) {
      expect(from).toBe(at)
      expect(to).toBeGreaterThan(from)
      at = to
    }
    expect(at).toBe(20)
    expect(segments(attempt({}), 3)).toEqual([])
  })

  it('say why', () => {
    expect(explain({ stage: 'queued', from: 0, to: 1 }, attempt({}))).toBe(
      'waits for a free place on process',
    )
  })
})

describe('span', () => {
  const whole = { from: 100, to: 200 }

  it('zooms around what is under the pointer, and stays inside', () => {
    const near = zoom(whole, 0.5, 0.25, whole)
    expect(part(near, 125)).toBeCloseTo(0.25)
    expect(zoom(near, 10, 0.5, whole)).toEqual(whole)
    expect(pan(near, 100, whole)).toEqual({ from: 150, to: 200 })
    expect(pan(near, -100, whole)).toEqual({ from: 100, to: 150 })
  })

  it('is dragged in both directions', () => {
    expect(between(160, 120, whole)).toEqual({ from: 120, to: 160 })
    expect(between(120, 120, whole)).toEqual(whole)
  })

  it('has ticks at round values', () => {
    expect(ticks(whole, 100, 6)).toEqual([0, 30, 60, 90])
    expect(ticks({ from: 100, to: 100.01 }, 100, 6)).toHaveLength(6)
  })
})

describe('lines', () => {
  const row = (path: string, created: number): TimelineRow =>
    readRow({ path, kind: 'task', phase: 'RUNNING', created })

  it('follow time, with what is open inside', () => {
    const known: Record<string, TimelineRow[]> = {
      'a:': [row('n1', 2), row('n0', 1)],
      'b:': [row('n0', 3)],
    }
    const found = lines('a:', {
      rows: scope => known[scope],
      hasMore: scope => scope === 'b:',
      inside: key => (key === 'a:n1' ? 'b:' : ''),
      isOpen: () => true,
    })
    expect(found.map(line => [line.key, line.depth])).toEqual([
      ['a:n0', 0],
      ['a:n1', 0],
      ['b:n0', 1],
      ['b:/more', 1],
    ])
    expect(found.filter(isMore)).toHaveLength(1)
  })

  it('follow the numbers in paths where all began at once', () => {
    const elements = [10, 2, 1, 11, 20].map(at => row(`n0[${at}]`, 1))
    const found = lines('a:n0', {
      rows: () => elements,
      hasMore: () => false,
      inside: () => '',
      isOpen: () => false,
    })
    expect(found.map(line => line.key)).toEqual(
      [1, 2, 10, 11, 20].map(at => `a:n0[${at}]`), // prettier-ignore
    )
  })
})
