import { describe, expect, it } from 'vitest'
import { askedOf, fits } from './asked'

describe('what is asked for', () => {
  it.each([
    ['busy', { name: 'busy' }],
    ['abort', { name: 'abort' }],
    ['abort ', { verb: 'abort', name: '' }],
    ['Abort  busy-wren ', { verb: 'abort', name: 'busy-wren' }],
    ['copy the id of brave', { verb: 'copy', name: 'brave' }],
    ['copy id brave', { verb: 'copy', name: 'brave' }],
    ['launch train', { verb: 'launch', name: 'train' }],
  ])('%j', (query, asked) => expect(askedOf(query)).toEqual(asked))
})

it('finds labels by their words', () => {
  expect(fits('Copy the id brave-fox', 'copy id')).toBe(true)
  expect(fits('Copy the id brave-fox', 'copy node')).toBe(false)
  expect(fits('Home', '')).toBe(true)
})
