import { expect, it } from 'vitest'
import { outline, type Sources } from '@/core/graph/outline'
import { placeKey } from '@/core/graph/place'
import { readGraph } from '@/core/graph/shape'
import { readStatus } from '@/core/graph/status'
import { readRow } from '@/core/timeline/bars'
import { throttled } from './throttled'
import { treeRows } from './treeRows'

const graphs: Record<string, ReturnType<typeof readGraph>> = {
  'e:': readGraph({
    nodes: [
      { id: 'n0', path: 'n0', title: '<img src=x onerror=alert(1)>' },
      { id: 'n1', path: 'n1', kind: 'map', title: 'fit', opens: true },
    ],
  }),
  'e:n1': readGraph({ kind: 'map', element: { id: '[]', path: '', title: 'fit' } }),
}

const sources: Sources = {
  isOpen: key => key === 'e:n1',
  graph: place => graphs[placeKey(place)],
  failed: () => '',
  child: () => '',
  element: () => null,
}

it('has the parts of a map by position, and says that there are more', () => {
  const rows = treeRows(outline({ execution: 'e', path: '' }, sources), {
    status: item => readStatus({ path: item.place.path, phase: 'RUNNING', created: 1 }),
    parts: () =>
      ['n1[10:20]', 'n1[3]', 'n1[0:3]'].map(path =>
        readRow({ path, kind: 'task', phase: 'SUCCEEDED', created: 1 }),
      ),
    hasMore: () => true,
  })
  expect(rows.map(({ name, depth, open }) => [name, depth, open])).toEqual([
    ['<img src=x onerror=alert(1)>', 0, null],
    ['fit', 0, true],
    ['[0:3]', 1, null],
    ['[3]', 1, null],
    ['[10:20]', 1, null],
    ['More of them', 1, null],
  ])
})

it('does at once what is asked for, and once more what was asked for meanwhile', async () => {
  let times = 0
  const { act } = throttled(5, () => (times += 1))
  for (let turn = 0; turn < 100; turn++) act()
  expect(times).toBe(1)
  await new Promise(resolve => setTimeout(resolve, 40))
  expect(times).toBe(2)
})
