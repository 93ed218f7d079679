import { expect, it } from 'vitest'
import { causeInWords, keyParts } from './explanation'

it('puts the parts that differ first', () => {
  const parts = [
    ['task', 'a'],
    ['input x', '1'],
  ]
  expect(keyParts(parts, [{ part: 'input x', here: '1', there: '2' }])).toEqual([
    { name: 'input x', here: '1', there: '2', differs: true },
    { name: 'task', here: 'a', there: 'a', differs: false },
  ])
})

it('says a cause that it does not know as it is', () => {
  expect(causeInWords('new one')).toBe('new one')
})
