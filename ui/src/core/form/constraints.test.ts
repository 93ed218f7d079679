import { describe, expect, test } from 'vitest'
import { check } from './checking'
import { constraintsAt, isKept, stepped, told } from './constraints'
import type { Json } from './json'
import type { Constraint, LiteralType } from './types'

const int: LiteralType = { type: 'primitive', name: 'int' }
const float: LiteralType = { type: 'primitive', name: 'float' }
const decimal: LiteralType = { type: 'primitive', name: 'decimal' }
const str: LiteralType = { type: 'primitive', name: 'str' }
const bytes: LiteralType = { type: 'primitive', name: 'bytes' }
const list: LiteralType = { type: 'list', element: int }

describe('a constraint', () => {
  test.each<[Constraint, string]>([
    [{ ge: 1, le: 10 }, 'a number from 1 to 10'],
    [{ ge: 3, le: 3 }, 'a number of 3'],
    [{ gt: 0, lt: 1 }, 'a number > 0 and < 1'],
    [{ ge: 1, multiple_of: 2 }, 'a number >= 1 and a multiple of 2'],
    [{ min_length: 1, max_length: 3 }, 'a length from 1 to 3'],
    [{ max_length: 3, pattern: '^a' }, "a length <= 3 and text that matches '^a'"],
  ])('is told in words: %o', (of, words) => expect(told(of)).toBe(words))

  test.each<[Constraint, LiteralType, Json, boolean]>([
    [{ ge: 1, le: 10 }, int, 10n, true],
    [{ ge: 1, le: 10 }, int, 11n, false],
    [{ le: 2 ** 53 }, int, 2n ** 53n + 1n, false],
    [{ ge: 0 }, float, 'NaN', false],
    [{ ge: 0 }, float, 'Infinity', true],
    [{ gt: 0 }, decimal, '0.00', false],
    [{ multiple_of: 0.1 }, float, 0.3, true],
    [{ multiple_of: 0.1 }, float, 0.35, false],
    [{ multiple_of: 5 }, int, 10n ** 30n + 1n, false],
    [{ max_length: 1 }, str, '\u{1f600}', true],
    [{ pattern: '^a' }, str, 'ba', false],
    [{ pattern: '(?P<x>a)' }, str, 'b', true],
    [{ max_length: 1 }, bytes, 'AAEC', true],
    [{ min_length: 1 }, list, [], false],
    [{ ge: 1 }, int, null, true],
  ])('%o of %o: %o', (of, kind, tree, kept) => expect(isKept(of, kind, tree)).toBe(kept))

  test('belongs to the places that its way leads to', () => {
    const at = (...steps: string[]): Constraint => ({ at: steps, ge: 1 })
    const all = [at(), at('.rows', '[]', '.price'), at('.by', '{}'), at('[1]'), at('.a.b')]
    const found = (path: string) => constraintsAt(all, '$.x', path).map(each => each.at)
    expect(found('$.x')).toEqual([[]])
    expect(found('$.x.rows[12].price')).toEqual([['.rows', '[]', '.price']])
    expect(found("$.x.by['a]b']")).toEqual([['.by', '{}']])
    expect(found('$.x[1]')).toEqual([['[1]']])
    expect(found('$.x.aXb')).toEqual([])
    expect(found('$.y')).toEqual([])
  })

  test('is checked wherever it stands', () => {
    const row: LiteralType = { type: 'record', name: 'Row', fields: [{ name: 'n', type: int }] }
    const none: LiteralType = { type: 'primitive', name: 'none' }
    const rows: LiteralType = {
      type: 'union',
      variants: [{ type: 'map', key: str, value: { type: 'list', element: row } }, none],
    }
    const constraints = [{ at: ['{}', '[]', '.n'], ge: 1 }, { min_length: 1 }]
    expect(check(rows, { a: [{ n: 0n }, { n: 1n }] }, '$.x', constraints)).toEqual([
      { path: "$.x['a'][0].n", message: 'expected a number >= 1, got 0' },
    ])
    expect(check(rows, null, '$.x', constraints)).toEqual([])
    expect(check(rows, {}, '$.x', constraints)[0]?.message).toBe('expected a length >= 1, got {}')
  })
})

describe('a step', () => {
  test.each<[string, 1 | -1, Constraint, string | null]>([
    ['1', 1, {}, '2'],
    ['', 1, { ge: 5 }, '5'],
    ['9', 1, { le: 10 }, '10'],
    ['10', 1, { le: 10 }, null],
    ['12', -1, { le: 10 }, '10'],
    ['0.2', 1, { multiple_of: 0.1 }, '0.3'],
    ['0.5', 1, { le: 1 }, '1'],
    ['-0.5', 1, {}, '0.5'],
    ['1.5', -1, { gt: 1 }, null],
    ['12345678901234567890', 1, {}, '12345678901234567891'],
    ['many', 1, {}, null],
  ])('from %o by %i with %o', (text, by, of, next) => expect(stepped(text, by, [of])).toBe(next))
})
