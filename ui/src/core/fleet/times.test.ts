import { expect, test } from 'vitest'
import { timesOf } from './times'

const HOUR = 3600
const EVENING = Date.parse('2026-11-22T16:00:00Z') / 1000

test('some columns have a time, with the day where it is another one', () => {
  const created = Array.from({ length: 14 }, (_, at) => EVENING + at * HOUR)
  expect(timesOf(created, 'UTC')).toEqual([
    { column: 0, told: '11-22 16:00' },
    { column: 6, told: '22:00' },
    { column: 12, told: '11-23 04:00' },
  ])
})

test('over a long time the days are enough', () => {
  const created = Array.from({ length: 8 }, (_, at) => EVENING + at * 24 * HOUR)
  expect(timesOf(created, 'UTC')).toEqual([
    { column: 0, told: '11-22' },
    { column: 6, told: '11-28' },
  ])
  expect(timesOf([], 'UTC')).toEqual([])
})
