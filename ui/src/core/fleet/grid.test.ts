import { expect, test } from 'vitest'
import { cellsOf, heightOf, lastPart, type Row, sorted } from './grid'

const row = (changes: Partial<Row>): Row => ({
  path: 'n0',
  entity: 'flows.train',
  kind: 'task',
  phases: [],
  durations: [],
  attempts: [],
  reused: [],
  failures: 0,
  retried: 0,
  flakiness: 0,
  median: null,
  opens: false,
  ...changes,
})

test('cells are oldest first, and as high as they are long', () => {
  const cells = cellsOf(
    row({
      phases: ['FAILED', null, 'SUCCEEDED'],
      durations: [4, null, 1],
      attempts: [2, null, 0],
      reused: [false, null, true],
    }),
  )
  expect(cells).toEqual([
    { phase: 'SUCCEEDED', seconds: 1, attempts: 0, isReused: true, isRetried: false, height: 0.5 },
    null,
    { phase: 'FAILED', seconds: 4, attempts: 2, isReused: false, isRetried: false, height: 1 },
  ])
})

test('heights stay between nothing and all', () => {
  expect(heightOf(null, 3)).toBe(0)
  expect(heightOf(5, 0)).toBe(0)
  expect(heightOf(-1, 3)).toBe(0)
  expect(heightOf(9, 3)).toBe(1)
})

test('the worst rows come first, and equal ones as they were', () => {
  const rows = [
    row({ path: 'a', failures: 0, median: 2 }),
    row({ path: 'b', failures: 3 }),
    row({ path: 'c', failures: 3, median: 9 }),
  ]
  const paths = (order: Parameters<typeof sorted>[1]) => sorted(rows, order).map(each => each.path)
  expect(paths('order')).toEqual(['a', 'b', 'c'])
  expect(paths('failures')).toEqual(['b', 'c', 'a'])
  expect(paths('median')).toEqual(['c', 'a', 'b'])
})

test('a name is known by its last part', () => {
  expect(lastPart('flows.deep.train')).toBe('train')
  expect(lastPart('train')).toBe('train')
})
