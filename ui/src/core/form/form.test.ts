import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { check } from './checking'
import { blank, type Draft } from './draft'
import { begin, formOf, give, givenOf, keptOf, problemsIn, treeOf, wholeTree } from './form'
import { isArray, isObject, isSame, type Json, objectOf, readJson, writeJson } from './json'
import { read } from './reading'
import {
  fieldsOf,
  type Input,
  type LiteralType,
  type PrimitiveName,
  type RecordType,
  show,
} from './types'
import { write } from './writing'

const scalar = (name: PrimitiveName): LiteralType => ({ type: 'primitive', name })

const SCALARS: Readonly<Record<PrimitiveName, fc.Arbitrary<Json>>> = {
  none: fc.constant(null),
  bool: fc.boolean(),
  int: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  float: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom('NaN', 'Infinity', '-Infinity'),
  ),
  str: fc.string(),
  bytes: fc.uint8Array().map(each => Buffer.from(each).toString('base64')),
  datetime: fc.constantFrom('2024-05-01T09:00+02:00[Europe/Berlin]', '2024-05-01T09:00:00', 'now'),
  date: fc.constantFrom('2024-02-29', '1999-12-31', 'today'),
  time: fc.constantFrom('09:30', '23:59:59.123456', '09:30:00+01:00'),
  duration: fc.constantFrom('1h30m', '-90s', 'PT1H30M', '5 minutes'),
  decimal: fc.constantFrom('1.10', '-0', 'NaN', '1E+3'),
  complex: fc.constantFrom('1+2j', '-3.5j', '2'),
  uuid: fc.uuid(),
  path: fc.string(),
}

/** A type, and JSON that is a value of it. */
type Sample = readonly [LiteralType, Json]

const primitive: fc.Arbitrary<Sample> = fc
  .constantFrom(...(Object.keys(SCALARS) as PrimitiveName[]))
  .chain(name => SCALARS[name].map(tree => [scalar(name), tree] as const))

const choice: fc.Arbitrary<Sample> = fc.oneof(
  fc.constant([
    { type: 'enum', name: 'app.Colour', members: [{ name: 'RED', value: 1 }, { name: 'BLUE' }] },
    'RED',
  ] as const),
  fc
    .constantFrom<Json>('fast', 3n, true, null)
    .map(tree => [{ type: 'choice', values: ['fast', 3, true, null] }, tree] as const),
  fc.constant([
    { type: 'content', kind: 'file' },
    { '@': 'file', name: 'a.csv', digest: 'a'.repeat(64), size: 3n },
  ] as const),
  fc.constant([{ type: 'frame' }, 's3://bucket/rows.parquet'] as const),
  fc
    .jsonValue({ noUnicodeString: false })
    .map(tree => [{ type: 'json' }, readJson(JSON.stringify(tree))] as const),
)

const samples = fc.letrec<{ sample: Sample }>(tie => ({
  sample: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    primitive,
    choice,
    tie('sample').map(([kind, tree]) => [{ type: 'list', element: kind }, [tree, tree]] as const),
    tie('sample').map(([kind]) => [{ type: 'set', element: kind }, []] as const),
    fc
      .tuple(tie('sample'), tie('sample'))
      .map(
        ([one, two]) => [{ type: 'tuple', elements: [one[0], two[0]] }, [one[1], two[1]]] as const,
      ),
    fc
      .tuple(fc.dictionary(fc.string(), fc.constant(0)), tie('sample'))
      .map(
        ([keys, [kind, tree]]) =>
          [
            { type: 'map', key: scalar('str'), value: kind },
            Object.fromEntries(Object.keys(keys).map(key => [key, tree])),
          ] as const,
      ),
    tie('sample').map(
      ([kind, tree]) =>
        [
          {
            type: 'record',
            name: 'app.Row',
            fields: [
              { name: 'one', type: kind },
              { name: 'two', type: kind, required: false },
            ],
          },
          { one: tree },
        ] as const,
    ),
    tie('sample')
      .filter(
        ([kind]) => kind.type !== 'union' && !(kind.type === 'primitive' && kind.name === 'none'),
      )
      .chain(([kind, tree]) =>
        fc
          .constantFrom<Json>(null, tree)
          .map(each => [{ type: 'union', variants: [kind, scalar('none')] }, each] as const),
      ),
  ),
})).sample

describe('drafts', () => {
  test('say the same JSON as what they were read from', () => {
    fc.assert(
      fc.property(samples, ([kind, tree]) => {
        expect(check(kind, tree)).toEqual([])
        const again = write(kind, read(kind, tree)) as Json
        expect(check(kind, again)).toEqual([])
        expect(plain(again)).toEqual(plain(tree))
      }),
      { numRuns: 500 },
    )
  })

  test('of any JSON at all keep all of it, whether it is of the type or not', () => {
    fc.assert(
      fc.property(samples, samples, ([kind], [, tree]) => {
        const once = write(kind, read(kind, tree)) as Json
        expect(isSame(write(kind, read(kind, once)), once)).toBe(true)
        expect(plain(once)).toEqual(plain(tree))
      }),
      { numRuns: 500 },
    )
  })

  test('are plain data, which a browser can keep', () => {
    fc.assert(
      fc.property(samples, ([kind, tree]) => {
        const draft = read(kind, tree)
        expect(JSON.parse(JSON.stringify(draft))).toEqual(draft)
      }),
    )
  })

  test('that are blank give no value that nobody has chosen', () => {
    expect(write(scalar('int'), blank(scalar('int')))).toBeUndefined()
    expect(write(scalar('bool'), blank(scalar('bool')))).toBeUndefined()
    const optional: LiteralType = { type: 'union', variants: [scalar('int'), scalar('none')] }
    expect(write(optional, blank(optional))).toBeNull()
  })
})

/** JSON without what forms do not keep: whether a number is written `3.0`, `3` or, of decimals, `"3"`. */
function plain(tree: Json): unknown {
  if (isArray(tree)) return tree.map(plain)
  if (isObject(tree)) {
    return objectOf(Object.entries(tree).map(([name, each]) => [name, plain(each)]))
  }
  return tree === null ? null : String(tree)
}

describe('records', () => {
  const tree: RecordType = {
    type: 'record',
    name: 'app.Tree',
    fields: [
      { name: 'leaf', type: { type: 'recursive', name: 'app.Leaf' }, required: false },
      {
        name: 'children',
        type: { type: 'list', element: { type: 'recursive', name: 'app.Tree' } },
      },
      { name: '__class__', type: scalar('str') },
    ],
    definitions: [
      { type: 'record', name: 'app.Leaf', fields: [{ name: 'size', type: scalar('int') }] },
    ],
  }

  test('may hold themselves and each other', () => {
    const value = readJson('{"children": [{"children": [], "leaf": {"size": 3}}]}')
    expect(check(tree, value)).toEqual([])
    expect(write(tree, read(tree, value))).toEqual(value)
  })

  test("hide what is their codec's own", () => {
    expect(fieldsOf(tree).map(each => each.name)).toEqual(['leaf', 'children'])
  })

  test('say where something is wrong', () => {
    const wrong = readJson('{"children": [{"children": [], "leaf": {"size": "x"}}, {}]}')
    expect(check(tree, wrong)).toEqual([
      { path: '$.children[0].leaf.size', message: "expected int, got 'x'" },
      { path: '$.children[1].children', message: 'it is missing' },
    ])
  })
})

describe('unions', () => {
  const union: LiteralType = {
    type: 'union',
    variants: [scalar('str'), scalar('int'), scalar('date')],
  }

  test.each([
    ['3', 1],
    ['"3"', 0],
    ['"2024-05-01"', 2],
  ])('read %s as the variant that the server takes', (json, index) => {
    expect(read(union, readJson(json))).toMatchObject({ is: 'variant', index })
  })
})

describe('forms', () => {
  const inputs: Input[] = [
    { name: 'rows', type: scalar('int') },
    { name: 'rate', type: scalar('float'), default: 'yw==' },
    { name: 'note', type: { type: 'union', variants: [scalar('str'), scalar('none')] } },
    { name: 'model', type: { type: 'content', kind: 'pickle' } },
  ]
  const form = formOf(inputs, { rate: 0.5 })

  test('ask for what has to be given', () => {
    expect(problemsIn(form, begin(form)).map(each => each.path)).toEqual(['$.rows', '$.model'])
    expect(show({ type: 'tuple', elements: [] })).toBe('tuple[()]')
  })

  test('send what is given, and nothing else', () => {
    const given = give(form, begin(form), 'rows', { is: 'text', text: '12345678901234567890' })
    expect(writeJson(treeOf(form, given))).toBe('{"rows":12345678901234567890}')
  })

  test('keep what an earlier execution had, also what cannot be shown', () => {
    const earlier = readJson('{"rows": 7, "rate": 0.5, "note": null, "model": {"type": "content"}}')
    const again = formOf(inputs, {}, earlier as never)
    const given = give(again, begin(again), 'rows', { is: 'text', text: '8' })
    expect(problemsIn(again, given)).toEqual([])
    expect(keptOf(again, given)).toEqual(['rate', 'note', 'model'])
    expect(writeJson(wholeTree(again, given))).toBe('{"rows":8,"rate":0.5,"note":null}')
  })

  test('are the same as fields and as JSON', () => {
    const given = give(form, begin(form), 'rows', { is: 'text', text: '3' })
    const tree = wholeTree(form, given)
    const again = givenOf(form, readJson(writeJson(tree, 2)))
    expect(again.problems).toEqual([])
    expect(isSame(treeOf(form, again.given), treeOf(form, given))).toBe(true)
    expect(Object.keys(again.given)).toEqual(['rows', 'model'])
  })

  test('tell of inputs that there are not', () => {
    expect(givenOf(form, readJson('{"row": 1}')).problems).toEqual([
      { path: '$', message: "there is no input 'row'" },
    ])
  })

  test('find keys that stand twice, and code that is none', () => {
    const map: LiteralType = { type: 'map', key: scalar('int'), value: { type: 'json' } }
    const key: Draft = { is: 'text', text: '1' }
    const draft: Draft = {
      is: 'pairs',
      pairs: [
        { id: 1, key, draft: { is: 'code', code: '{' } },
        { id: 2, key, draft: { is: 'code', code: '{}' } },
      ],
    }
    const found = problemsIn(formOf([{ name: 'by', type: map }]), { by: draft })
    expect(found).toEqual([
      { path: "$.by['1']", message: expect.stringContaining('this is no JSON') as string },
    ])
  })
})
