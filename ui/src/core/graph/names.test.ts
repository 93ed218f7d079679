import { expect, test } from 'vitest'
import { namesOf } from './names'
import { readGraph, type ScopeGraph } from './shape'

const GRAPHS: Record<string, ScopeGraph> = {
  '': readGraph({
    nodes: [
      { id: 'n0', title: 'load' },
      { id: 'n1', kind: 'map', title: 'fit' },
      { id: 'n2', kind: 'workflow', title: 'score' },
      { id: 'n3', kind: 'map', title: 'grow' },
    ],
  }),
  n1: readGraph({ kind: 'map', element: { kind: 'workflow', title: 'fold' } }),
  'n1[0]': readGraph({ nodes: [{ id: 'n0', title: 'solve' }] }),
  n2: readGraph({
    nodes: [
      {
        id: 'n0',
        kind: 'branch',
        title: 'size',
        arms: [{ nodes: [{ id: 'n1', title: 'thorough' }] }],
      },
    ],
  }),
  n3: readGraph({ kind: 'map', element: { kind: 'dynamic', title: 'split' } }),
}
const named = (path: string, known = Object.keys(GRAPHS)) =>
  namesOf({ execution: 'fox', path }, ({ execution, path }) =>
    execution === 'fox' && known.includes(path) ? GRAPHS[path] : undefined,
  )
const wanted = (path: string) => ({ execution: 'fox', path })

test('nodes have the names of what is around them', () => {
  expect(named('n0')).toEqual({ told: 'load' })
  expect(named('n1[17]')).toEqual({ told: 'fit[17]' })
  expect(named('n2/n0')).toEqual({ told: 'score / size' })
  expect(named('n2/n0/n1')).toEqual({ told: 'score / size / thorough' })
})

test('of the elements of a map one is asked for, unless it is decided later what is in them', () => {
  expect(named('n1[17]/n0')).toEqual({ told: 'fit[17] / solve' })
  expect(named('n3[17]/n0')).toEqual({ told: 'grow[17] / n0', wants: wanted('n3[17]') })
})

test('ids stand for names that are not known, and it is said what has to be', () => {
  expect(named('n2/n0/n1', [])).toEqual({ told: 'n2 / n0 / n1', wants: wanted('') })
  expect(named('n2/n0/n1', [''])).toEqual({ told: 'score / n0 / n1', wants: wanted('n2') })
  expect(named('n1[17]/n0', [''])).toEqual({ told: 'fit[17] / n0', wants: wanted('n1') })
  expect(named('n9/n0')).toEqual({ told: 'n9 / n0' })
})
