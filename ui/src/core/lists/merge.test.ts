import { expect, it } from 'vitest'
import { merged } from './merge'

const row = (id: string, phase = 'RUNNING') => ({ id, phase })

it('brings what is listed up to date, and moves none of it', () => {
  const listed = [row('b'), row('a'), row('b')]
  const head = [row('d'), row('c'), row('b', 'FAILED'), row('a')]
  const known = new Map([['a', row('a', 'SUCCEEDED')]])
  expect(merged(listed, known, head)).toEqual({
    rows: [row('b', 'FAILED'), row('a')],
    fresh: [row('d'), row('c')],
  })
})

it('takes all of a head for new that has nothing of what is listed', () => {
  expect(merged([row('a')], new Map(), [row('c'), row('b')]).fresh).toHaveLength(2)
})
