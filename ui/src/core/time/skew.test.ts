import { expect, test } from 'vitest'
import { ahead, narrowed, UNKNOWN } from './skew'

const answer = (date: number, sent: number) => ({ date, sent, received: sent + 0.2 })

test('a clock that may be right is left as it is', () => {
  expect(ahead(UNKNOWN)).toBe(0)
  expect(ahead(narrowed(UNKNOWN, answer(1000, 1000.9)))).toBe(0)
  expect(ahead(narrowed(UNKNOWN, answer(1000, 1001.5)))).toBe(0)
})

test('answers narrow down how wrong it is', () => {
  const first = narrowed(UNKNOWN, answer(4600, 1000))
  expect(ahead(first)).toBeCloseTo(3599.8)
  const second = narrowed(first, answer(4601, 1000.1))
  expect(ahead(second)).toBeCloseTo(3600.7)
  expect(narrowed(second, answer(4600, 1001))).toMatchObject({ most: 3601 })
  expect(ahead(narrowed(UNKNOWN, answer(1000, 4600)))).toBeCloseTo(-3598)
})

test('a clock that has been set is believed', () => {
  const wrong = narrowed(UNKNOWN, answer(4600, 1000))
  expect(ahead(narrowed(wrong, answer(4610, 4610.5)))).toBe(0)
})
