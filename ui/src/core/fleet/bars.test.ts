import { expect, test } from 'vitest'
import { type Bar, drawn } from './bars'

const ROOM = 30
const bar = (changes: Partial<Bar>): Bar => ({ phase: 'SUCCEEDED', height: 1, ...changes })
const looks = (...bars: (Bar | null)[]) =>
  drawn(bars, ROOM).map(({ look, phase }) => `${look} ${phase}`)

test('what looks alike is one path, however many there are', () => {
  const bars = Array.from({ length: 100 }, (_, at) => bar({ height: at / 100 }))
  const [path, ...others] = drawn(bars, ROOM)
  expect(others).toEqual([])
  expect(path?.d.match(/M/g)).toHaveLength(100)
})

test('a bar stands at its place, and is as high as it was long', () => {
  expect(drawn([null, bar({ height: 0.5 })], ROOM)).toEqual([
    { look: 'bar', phase: 'SUCCEEDED', d: 'M1.12 15H1.88V30H1.12Z' },
  ])
})

test('what took no time can be seen', () => {
  expect(drawn([bar({ height: 0 })], ROOM)[0]?.d).toContain('M0.12 27')
})

test('what somebody should see has a mark, for which there is always room', () => {
  expect(looks(bar({ phase: 'FAILED' }))).toEqual(['bar FAILED', 'cross FAILED'])
  expect(looks(bar({ phase: 'ABORTED' }))).toEqual(['bar ABORTED', 'square ABORTED'])
  expect(looks(bar({ isRetried: true }))).toEqual(['bar SUCCEEDED', 'dot SUCCEEDED'])
  expect(drawn([bar({ phase: 'FAILED' })], ROOM)[0]?.d).toContain('M0.12 9')
})

test('a cross is as wide as it is high, however wide its bar', () => {
  const cross = (unit: number) => drawn([bar({ phase: 'FAILED' })], ROOM, unit)[1]?.d
  expect(cross(12)).toBe('M0.25 1.5l0.5 6m0 -6l-0.5 6')
  expect(cross(30)).toBe('M0.4 1.5l0.2 6m0 -6l-0.2 6')
})

test('what goes on is an outline, and what was reused a line', () => {
  expect(looks(bar({ phase: 'RUNNING' }), bar({ phase: 'PENDING' }))).toEqual([
    'open RUNNING',
    'open PENDING',
  ])
  expect(drawn([bar({ isReused: true, isRetried: true })], ROOM)).toEqual([
    { look: 'reused', phase: 'SUCCEEDED', d: 'M0.12 27H0.88V30H0.12Z' },
  ])
})
