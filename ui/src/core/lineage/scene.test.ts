import { expect, test } from 'vitest'
import { firstView, sceneOf, taskOf } from './scene'
import { trailOf, type Use } from './trail'

const usedAt = (path: string, digest: string, made: boolean): Use => ({
  digest,
  execution: 'e',
  path,
  name: 'o0',
  made,
  at: 0,
  reused: false,
  uri: '',
  preview: digest,
  entity: null,
})

const TRAIL = trailOf(
  { uses: [usedAt('n0', 'a', true), usedAt('n1', 'a', false)], edges: [[0, 1]] },
  each => each.digest === 'a',
)
const LAID = {
  width: 2996,
  height: 44,
  spots: [
    { x: 2804, y: 0 },
    { x: 0, y: 0 },
    { x: 1000, y: 0 },
  ],
  bends: [],
}

test('a layout is asked for as many boxes as there are, and put together again', () => {
  expect(taskOf(TRAIL, 'right')).toMatchObject({
    direction: 'right',
    edges: [
      [1, 0],
      [0, 2],
    ],
  })
  const { boxes, wires } = sceneOf(TRAIL, LAID, 'right')
  expect(boxes.map(box => box.x)).toEqual([2804, 0, 1000])
  expect(wires.map(wire => wire.points.length)).toEqual([2, 2])
})

test('what cannot be seen as a whole begins at what was asked for, without empty room', () => {
  const scene = sceneOf(TRAIL, LAID, 'right')
  const { x, y, zoom } = firstView(scene, { width: 800, height: 600 })
  expect((2804 + 192) * zoom + x).toBeCloseTo(800 - 28)
  expect(22 * zoom + y).toBeCloseTo(300)
  expect(firstView({ ...scene, width: 700 }, { width: 800, height: 600 }).zoom).toBe(1)
})
