import { describe, expect, test } from 'vitest'
import { readJson } from '@/core/form/json'
import { executionSnippets, launchSnippets, querySnippets, signalSnippets } from './snippets'
import { python, shell } from './words'

const site = { url: 'http://127.0.0.1:8400', token: false }
const key = {
  kind: 'workflow',
  name: 'flows.train',
  version: '7f3c',
  project: 'demo',
  domain: 'development',
} as const

test.each([
  ['{"a": [1, 2.5, true, null]}', '{"a": [1, 2.5, True, None]}'],
  ['"it\'s"', '"it\'s"'],
  ['"a\\nb"', "'a\\nb'"],
  ['12345678901234567890', '12345678901234567890'],
])('%s in Python is %s', (json, code) => {
  expect(python(readJson(json))).toBe(code)
})

test.each([
  ['plain-1.2', 'plain-1.2'],
  ['$HOME `x`', "'$HOME `x`'"],
  ["it's", `'it'"'"'s'`],
  ['', "''"],
])('%s in a shell is %s', (text, word) => {
  expect(shell(text)).toBe(word)
})

describe('a launch', () => {
  const made = launchSnippets(
    site,
    { key, module: 'flows' },
    { rows: 3n, fast: false, names: ['a b'] },
    { name: 'mine', labels: { team: 'ml' }, limits: { running: 90 } },
  )

  test('as Python', () => {
    expect(made.python).toBe(
      [
        'from volery import Options, Remote',
        '',
        'with Remote("http://127.0.0.1:8400", project="demo", domain="development") as remote:',
        '    entity = remote.fetch_workflow("flows.train", "7f3c")',
        '    execution = entity.execute(',
        '        inputs={"rows": 3, "fast": False, "names": ["a b"]},',
        '        name="mine",',
        '        options=Options(labels={"team": "ml"}, timeout=90.0),',
        '    )',
        '    print(execution.wait())',
        '',
      ].join('\n'),
    )
  })

  test('as a command', () => {
    expect(made.cli.split(' \\\n  ')).toEqual([
      'volery run --remote',
      'flows',
      'train',
      '--rows 3',
      '--no-fast',
      `--names '["a b"]'`,
      '--name mine',
      '--label team=ml',
      '--timeout 90.0s',
      '--project demo',
      '--domain development',
      '--server http://127.0.0.1:8400',
    ])
  })

  test('of a launch plan as a command, which finds it where its workflow is', () => {
    const nightly = { ...key, kind: 'launch_plan', name: 'nightly' } as const
    const told = launchSnippets(site, { key: nightly, module: 'retail.flows' }, {}, {})
    expect(told.cli.split(' \\\n  ').slice(0, 3)).toEqual([
      'volery run --remote',
      'retail.flows',
      'nightly',
    ])
  })

  test('as a request', () => {
    expect(made.curl).toContain('"inputs":{"rows":3,"fast":false,"names":["a b"]}')
  })
})

test('nothing that is copied runs what a name says', () => {
  const made = executionSnippets({ ...site, token: true }, "x'; rm -rf / #")
  expect(made.cli).toContain(`'x'"'"'; rm -rf / #'`)
  expect(made.curl).toContain('Bearer $VOLERY_TOKEN')
})

test('a query', () => {
  const made = querySnippets(site, {
    phase: ['FAILED'],
    name: 'flows.*',
    label: ['team=ml'],
    search: '',
  })
  expect(made.python).toContain(
    'remote.list_executions(phases=("FAILED",), name="flows.*", labels={"team": "ml"})',
  )
  expect(made.curl).toContain('/api/v1/executions?phase=FAILED&name=flows.*&label=team%3Dml')
  expect(made.cli).toContain("--entity 'flows.*'")
})

test('an answer to a gate', () => {
  expect(signalSnippets(site, 'abc', 'ship', true).cli).toBe(
    'volery executions signal abc ship --yes --server http://127.0.0.1:8400',
  )
})
