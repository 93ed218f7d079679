import { expect, test } from 'vitest'
import { above, type Found, merged, trailOf, type TrailNode, type Use } from './trail'

const usedAt = (place: string, name: string, digest: string, made: boolean): Use => {
  const [execution = '', path = ''] = place.split(' ')
  return {
    digest,
    execution,
    path,
    name,
    made,
    at: 0,
    reused: false,
    uri: '',
    preview: digest,
    entity: null,
  }
}
const takes = (place: string, name: string, digest: string) => usedAt(place, name, digest, false)
const gives = (place: string, name: string, digest: string) => usedAt(place, name, digest, true)

const nameOf = (node: TrailNode | undefined) =>
  node?.kind === 'value' ? (node.uses[0]?.digest ?? '') : `${node?.execution} ${node?.path}`

const drawn = (found: Found, asked: string) => {
  const { nodes, edges } = trailOf(found, each => each.digest === asked)
  return edges.map(({ source, target }) => `${nameOf(nodes[source])} > ${nameOf(nodes[target])}`)
}

// `e` makes a table, and `f`, which is given it, a report of that.
const UPSTREAM: Found = {
  uses: [
    gives('f', 'o0', 'report'),
    gives('f n0', 'o0', 'report'),
    takes('f n0', 'scores', 'table'),
    takes('f', 'scores', 'table'),
    gives('e', 'o0', 'table'),
    gives('e n1', 'o0', 'table'),
    takes('e n1', 'rows', '3'),
  ],
  edges: [
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 4],
    [6, 5],
  ],
}

test('a value that is handed on stays one, and what hands it on is left out', () => {
  expect(drawn(UPSTREAM, 'report')).toEqual([
    'f n0 > report',
    'table > f n0',
    'e n1 > table',
    '3 > e n1',
  ])
})

test('equal values that have nothing to do with each other stay apart', () => {
  const { nodes } = trailOf(
    { uses: [takes('e n0', 'a', '3'), takes('e n1', 'b', '3')], edges: [] },
    () => false,
  )
  expect(nodes.filter(node => node.kind === 'value')).toHaveLength(2)
})

test('what was asked for is one, wherever it is used', () => {
  const found = { uses: [takes('e n0', 'a', '3'), takes('f n1', 'b', '3')], edges: [] }
  expect(drawn(found, '3')).toEqual(['3 > e n0', '3 > f n1'])
})

test('what gives back what it was given makes no circle', () => {
  const found: Found = {
    uses: [takes('e n0', 'a', 'x'), gives('e n0', 'o0', 'x')],
    edges: [[0, 1]],
  }
  expect(drawn(found, 'x')).toEqual(['x > e n0'])
})

test('a part comes from its whole', () => {
  const found: Found = {
    uses: [gives('e n0', 'o0', 'list'), takes('e n1', 'a', 'part')],
    edges: [[0, 1]],
  }
  expect(drawn(found, 'list')).toContain('list > part')
})

test('both ways are one trail', () => {
  const downstream: Found = {
    uses: [gives('e n1', 'o0', 'table'), takes('f', 'scores', 'table')],
    edges: [[0, 1]],
  }
  const both = merged([UPSTREAM, downstream])
  expect(both.uses).toHaveLength(UPSTREAM.uses.length)
  expect(both.edges).toHaveLength(UPSTREAM.edges.length + 1)
})

test('scopes around a path', () => {
  expect(above('')).toEqual([])
  expect(above('n1[3]/n0')).toEqual(['', 'n1', 'n1[3]'])
})
