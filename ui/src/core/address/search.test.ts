import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { one, parseSearch, writeSearch } from './search'

describe('what stands behind the ? of an address', () => {
  it('is text, and a list where a name comes again', () => {
    expect(parseSearch('?a=1&b=x&b=y')).toEqual({ a: '1', b: ['x', 'y'] })
  })

  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), value => {
        expect(parseSearch(writeSearch({ q: value }))).toEqual({ q: value })
      }),
    )
  })

  it('says no more than it has to', () => {
    expect(writeSearch({ a: '', b: undefined, q: 'phase:failed' })).toBe('?q=phase:failed')
    expect(writeSearch({})).toBe('')
  })

  it('gives the first of several', () =>
    expect([one(['a', 'b']), one(''), one(3)]).toEqual(['a', undefined, undefined]))
})
