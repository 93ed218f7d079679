import { describe, expect, it } from 'vitest'
import { atDot, counted, ends, shorten, size } from './shorten'

describe('a name', () => {
  it('is cut in its middle', () => {
    expect(shorten('train_and_score', 9)).toBe('trai…core'.slice(0, 4) + '…core')
    expect(shorten('short', 9)).toBe('short')
    expect(ends('a_rather_long_name_of_a_task')).toEqual(['a_rather_long_name_o', 'f_a_task'])
    expect(ends('retail.announce')).toEqual(['retail.', 'announce'])
    expect(ends('short')).toEqual(['short', ''])
    expect(ends('brave-fox')).toEqual(['brave-fox', ''])
  })

  it('of an entity keeps its last part', () => {
    expect(atDot('shop.retail.train_and_score')).toEqual(['shop.retail.', 'train_and_score'])
    expect(atDot('nightly')).toEqual(['nightly', ''])
  })

  it('keeps letters whole', () => expect(shorten('🐦🐦🐦🐦🐦', 3)).toBe('🐦…🐦'))
})

it('counts', () =>
  expect([counted(1, 'node'), counted(1200, 'node')]).toEqual(['1 node', '1,200 nodes']))

it.each([
  [0, '0 B'],
  [340, '340 B'],
  [1230, '1.23 kB'],
  [12_300_000, '12.3 MB'],
  [999_700, '1.00 MB'],
])('size %d', (bytes, told) => expect(size(bytes)).toBe(told))
