import { describe, expect, it } from 'vitest'
import { duration, running } from './duration'
import { absolute, clock, moment, relative } from './instant'

const NOW = 1_800_000_000 // 2027-01-15 08:00:00 UTC

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [0.34, '340 ms'],
    [0.9996, '1.0 s'],
    [1.24, '1.2 s'],
    [42, '42 s'],
    [59.6, '1m 00s'],
    [185, '3m 05s'],
    [3720, '1h 02m'],
    [3 * 86400 + 4 * 3600, '3d 04h'],
    [-5, '0 ms'],
    [Number.NaN, '–'],
  ])('of %d s is %s', (seconds, told) => expect(duration(seconds)).toBe(told))

  it('grows in whole seconds', () =>
    expect([running(0.4), running(61.9)]).toEqual(['0 s', '1m 01s']))
})

describe('a moment', () => {
  it.each([
    [0, 'just now'],
    [40, '40 s ago'],
    [119, '1 min ago'],
    [7200, '2 h ago'],
    [3 * 86400, '3 d ago'],
    [-3600, 'in 1 h'],
  ])('%d s away', (away, told) => expect(relative(NOW - away, NOW)).toBe(told))

  it('far away is a date', () => expect(relative(NOW - 90 * 86400, NOW, 'UTC')).toBe('2026-10-17'))

  it('is written in a zone', () => {
    expect(absolute(NOW, 'UTC')).toBe('2027-01-15 08:00:00 UTC')
    expect(absolute(NOW, 'Asia/Tokyo')).toContain('17:00:00')
    expect(clock(NOW + 0.5, 'UTC')).toBe('08:00:00.500')
  })

  it('is read as people write it', () => {
    expect(moment('2d', NOW)).toBe(NOW - 2 * 86400)
    expect(moment('2027-01-15T08:00:00Z', NOW)).toBe(NOW)
    expect(moment('soon', NOW)).toBeUndefined()
  })

  it('is read in the zone that is chosen, unless it says one', () => {
    const at = (text: string) => moment(text, NOW, 'Asia/Tokyo')
    expect(at('2027-01-15T17:00')).toBe(NOW)
    expect(at('2027-01-15')).toBe(NOW - 17 * 3600)
    expect(at('2027-01-15T08:00Z')).toBe(NOW)
    expect(at('2027-01-15T09:00+01:00')).toBe(NOW)
    expect(at('2d')).toBe(NOW - 2 * 86400)
    expect(at('2027-13-45')).toBeUndefined()
  })
})
