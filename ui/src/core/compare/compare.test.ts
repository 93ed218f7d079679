import { expect, test } from 'vitest'
import { byChange, change, longestOf, type Pair, ratio } from './timings'
import { told } from './words'

const side = (created: number, ended: number | null) => ({ created, ended })
const pair = (path: string, left: Pair['left'], right: Pair['right']): Pair => ({
  path,
  left,
  right,
})

test('a difference is a sentence', () => {
  const of = (what: string, name: string, left: string, right: string) =>
    told({ what, name, left, right })
  expect(of('inputs', 'rows', '3', '4').title).toBe('Input rows is different')
  expect(of('inputs', 'rows', '', '4').title).toBe('Input rows is only on the right')
  expect(of('node', 'n6', '', 'SUCCEEDED')).toEqual({
    title: 'Node n6 is only on the right',
    left: '',
    right: 'succeeded',
  })
  expect(of('phase', '', 'FAILED', 'SUCCEEDED')).toMatchObject({
    left: 'failed',
    right: 'succeeded',
  })
  expect(of('failure', '', '', 'KeyError').title).toBe('It has failed on the right alone')
  expect(of('something new', '', 'a', 'b').title).toBe('something new')
})

test('what has changed most comes first, and what is on one side before that', () => {
  const pairs = [
    pair('a', side(0, 1), side(0, 2)),
    pair('b', side(0, 1), side(0, 9)),
    pair('c', null, side(0, 1)),
    pair('d', null, null),
  ]
  expect(byChange(pairs, 10).map(each => each.path)).toEqual(['c', 'd', 'b', 'a'])
  expect(change(pair('a', side(0, 1), side(0, 2)), 0)).toBe(1)
  expect(longestOf(pairs, 10)).toBe(9)
})

test('what goes on is counted until now, and clocks that differ make nothing negative', () => {
  expect(longestOf([pair('a', side(4, null), null)], 10)).toBe(6)
  expect(longestOf([pair('a', side(14, null), null)], 10)).toBe(0)
})

test('a ratio is said where it says something', () => {
  expect(ratio(1, 1.1)).toBe('')
  expect(ratio(1, 3.14)).toBe('× 3.1')
  expect(ratio(20, 1)).toBe('÷ 20')
  expect(ratio(0, 1)).toBe('')
})
