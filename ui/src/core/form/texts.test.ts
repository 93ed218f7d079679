import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDuration, writeDuration } from './durations'
import { isSame, type Json, NotJson, readJson, writeJson } from './json'
import { offsetAt } from '../time/offset'
import { isDate, isDatetime, isTime, joinDatetime, splitDatetime } from './moments'
import { manifest } from './manifest'
import { newName } from './names'
import { NO_OPTIONS, optionFields, optionProblems, optionsLike } from './options'
import { pack, pick } from './packing'
import { entryPath, isWithin } from './paths'
import { problemsOf } from './problems'
import { readYaml, writeYaml } from './yaml'

describe('JSON', () => {
  const trees = fc.letrec<{ tree: Json }>(tie => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.bigInt(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }),
    ),
  })).tree

  test('is read as it was written', () => {
    fc.assert(
      fc.property(trees, fc.constantFrom(0, 2), (tree, indent) => {
        expect(isSame(readJson(writeJson(tree, indent)), tree)).toBe(true)
      }),
    )
  })

  test('is what the standard says', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const ours = outcome(() => writeJson(readJson(text)))
        const theirs = outcome(() => JSON.stringify(JSON.parse(text)))
        expect(ours === undefined).toBe(theirs === undefined)
      }),
    )
    fc.assert(fc.property(fc.json(), text => isSame(readJson(text), readJson(text))))
  })

  test('says where it is none', () => {
    expect(() => readJson('{\n  "a": 1,\n  b: 2\n}')).toThrow(
      'line 3, column 3: a name in quotes was expected',
    )
    expect(() => readJson('['.repeat(1000))).toThrow(NotJson)
  })

  test('tells ints from floats, however large they are', () => {
    expect(readJson('[3, 3.0, 12345678901234567890, 1e3]')).toEqual([
      3n,
      3,
      12345678901234567890n,
      1000,
    ])
  })
})

function outcome<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

describe('durations', () => {
  test.each([
    ['1h30m', 5_400_000_000n],
    ['1.5h', 5_400_000_000n],
    ['5 minutes, 3 s', 303_000_000n],
    ['-90s', -90_000_000n],
    ['PT1H30M', 5_400_000_000n],
    ['P1DT0.5S', 86_400_500_000n],
    ['250ms', 250_000n],
  ])('%s', (text, microseconds) => expect(readDuration(text)).toBe(microseconds))

  test.each(['', '3', 'h', 'P', 'PT', '1x', '1h and', '- -1s'])('%s is none', text =>
    expect(readDuration(text)).toBeNull(),
  )

  test('are read as they are written', () => {
    fc.assert(fc.property(fc.bigInt(), each => readDuration(writeDuration(each)) === each))
  })
})

describe('moments', () => {
  test.each(['2024-05-01', '20240501', '2024-02-29', 'today', '2024-W18-3'])('date %s', text =>
    expect(isDate(text)).toBe(true),
  )
  test.each(['2023-02-29', '2024-13-01', '2024-00-01', '2024-5-1', ''])('no date: %s', text =>
    expect(isDate(text)).toBe(false),
  )
  test.each([
    '2024-05-01T09:00',
    '2024-05-01 09:00:00.5Z',
    '2024-05-01',
    'now',
    '2024-05-01T09+02',
  ])('datetime %s', text => expect(isDatetime(text)).toBe(true))
  test.each(['2024-05-01T25:00', '2024-05-01T09:60', 'yesterday', '2024-05-01T'])(
    'no datetime: %s',
    text => expect(isDatetime(text)).toBe(false),
  )
  test.each(['09:30', '09:30:00.123+02:00', '23:59:59[Europe/Berlin]'])('time %s', text =>
    expect(isTime(text)).toBe(true),
  )

  test('know what clocks show where, also when they change', () => {
    expect(offsetAt('2024-01-01T12:00', 'Europe/Berlin')).toBe('+01:00')
    expect(offsetAt('2024-07-01T12:00', 'Europe/Berlin')).toBe('+02:00')
    expect(offsetAt('2024-03-31T03:30', 'Europe/Berlin')).toBe('+02:00')
    expect(offsetAt('2024-07-01T12:00', 'Nowhere/At_All')).toBeNull()
  })

  test.each([
    '2024-07-01T12:00+02:00[Europe/Berlin]',
    '2024-07-01T12:00-03:00',
    '2024-07-01T12:00',
  ])('%s comes apart and together', text => {
    const parts = splitDatetime(text)
    expect(parts && joinDatetime(parts.local, parts.zone)).toBe(text)
  })
})

describe('problems of the server', () => {
  test('have one place each', () => {
    const problems = [
      { path: '$.rows[1].price', message: "expected float, got '1.2' (str)", hint: 'such as 0.5' },
      { path: "$.by['a: b']", message: 'it is missing' },
    ]
    const detail = '2 problems with the inputs'
    expect(problemsOf({ detail, path: '$.rows[1].price', problems })).toEqual(problems)
  })

  test('with one only have its path and hint', () => {
    const told = { detail: "'A' cannot name an execution", path: '$.name', hint: 'lower case' }
    expect(problemsOf(told)).toEqual([
      { path: '$.name', message: "'A' cannot name an execution", hint: 'lower case' },
    ])
    expect(problemsOf({ detail: 'no such task' })).toEqual([{ path: '$', message: 'no such task' }])
  })
})

test('paths are inside of others by whole parts', () => {
  expect(isWithin('$.rows[1].price', '$.rows')).toBe(true)
  expect(isWithin('$.rows2', '$.rows')).toBe(false)
  expect(entryPath('$', "it's")).toBe('$["it\'s"]')
})

test('names of executions can name them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), random =>
      /^[a-z][a-z0-9]{11}$/.test(newName(random)),
    ),
  )
})

describe('records', () => {
  test('give the entries that are asked for, as they are', () => {
    // {"a": [1, {"b": nil}], "c": ext, "d": "text"}
    const record = Uint8Array.from([
      0x83, 0xa1, 0x61, 0x92, 0x01, 0x81, 0xa1, 0x62, 0xc0, 0xa1, 0x63, 0xc7, 0x02, 0x09, 0x01,
      0x02, 0xa1, 0x64, 0xa4, 0x74, 0x65, 0x78, 0x74,
    ])
    expect([...pick(record, new Set(['c', 'none']))]).toEqual([
      0x81, 0xa1, 0x63, 0xc7, 0x02, 0x09, 0x01, 0x02,
    ])
    expect([...pick(record, new Set(['a', 'c', 'd']))]).toEqual([...record])
    expect(() => pick(record.subarray(0, 9), new Set())).toThrow('it ends too early')
  })

  test('manifests are packed in the shortest form', () => {
    expect([...pack([1, [['a', 300, true, 2 ** 33]]])]).toEqual([
      0x92, 0x01, 0x91, 0x94, 0xa1, 0x61, 0xcd, 0x01, 0x2c, 0xc3, 0xcf, 0, 0, 0, 2, 0, 0, 0, 0,
    ])
  })
})

describe('options', () => {
  test('are left out when they say nothing', () => {
    expect(optionFields(NO_OPTIONS, 'abc')).toEqual({ name: 'abc' })
  })

  test('begin as those of an earlier execution, with its limits', () => {
    const none = { labels: {}, annotations: {}, max_parallelism: null, priority: 0, executor: '' }
    const options = optionsLike({ ...none, limits: { running: 5400, total: null } })
    expect(options).toEqual({ ...NO_OPTIONS, running: '1h30m' })
    expect(optionFields(options, 'abc')).toEqual({ name: 'abc', limits: { running: 5400 } })
    expect(optionsLike(none)).toEqual(NO_OPTIONS)
  })

  test('say what is wrong with them', () => {
    const options = { ...NO_OPTIONS, name: 'A', maxParallelism: '0', running: 'soon' }
    expect(optionProblems(options).map(each => each.path)).toEqual([
      '$.name',
      '$.max_parallelism',
      '$.limits.running',
    ])
  })
})

describe('YAML', () => {
  test('says the same as JSON', () => {
    const tree = readJson('{"a": [3, 3.0, "3", null, true], "b": {}, "c": "x: y", "d": 2.5e-7}')
    const text = writeYaml(tree)
    expect(text).toContain('- 3.0\n')
    expect(isSame(readYaml(text), tree)).toBe(true)
    expect(readYaml('at: 2024-05-01\nlarge: 12345678901234567890\nnot: .nan')).toEqual({
      at: '2024-05-01',
      large: 12345678901234567890n,
      not: 'NaN',
    })
  })

  test('that is none says where', () => {
    expect(() => readYaml('a: [1')).toThrow(NotJson)
  })
})

test('manifests are in the order of Python', () => {
  const paths = ['b', 'a/b', '\u{1f600}', '\uffee', 'a']
  const files = paths.map(path => ({ path, digest: 'd', size: 1 }))
  const text = new TextDecoder().decode(manifest(files))
  expect([...text.matchAll(/[ab/\u{1f600}\uffee]+/gu)].map(each => each[0])).toEqual([
    'a',
    'a/b',
    'b',
    '\uffee',
    '\u{1f600}',
  ])
})
