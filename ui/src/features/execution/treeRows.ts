import { kindWord, titleOf } from '@/core/graph/kinds'
import { itemsOf, type Inside, type Item } from '@/core/graph/outline'
import { elementPath, placeKey, type Place } from '@/core/graph/place'
import type { Marked, Status } from '@/core/graph/status'
import { visible } from '@/core/text/visible'
import { isLost, type TimelineRow } from '@/core/timeline/bars'

/** A line of the list of nodes. */
export interface TreeRow {
  key: string
  place: Place
  depth: number
  name: string
  kind: string
  /** Null: there is nothing inside. */
  open: boolean | null
  status: (Marked & Pick<Status, 'created' | 'started' | 'ended' | 'attempt' | 'reuse'>) | undefined
  failure: string
  /** The execution that it has started. */
  child?: string
  /** Not a node, but more of them, of the scope of this key. */
  more?: string
}

export interface TreeSources {
  status: (item: Item) => Status | undefined
  /** What is carried out of an open map. */
  parts: (scope: string) => Iterable<TimelineRow> | undefined
  hasMore: (scope: string) => boolean
}

/** The nodes of an outline one below the other, with those that are inside of what is open. */
export function treeRows(inside: Inside, sources: TreeSources): TreeRow[] {
  return itemsOf(inside).flatMap(item => rowsOf(item, sources))
}

function rowsOf(item: Item, sources: TreeSources): TreeRow[] {
  const status = sources.status(item)
  const row: TreeRow = {
    key: item.key,
    place: item.place,
    depth: item.depth,
    name: titleOf(item.node),
    kind: kindWord(item.node),
    open: item.opens ? item.inside !== null : null,
    status,
    failure: visible(status?.failure?.message ?? ''),
    child: item.child,
  }
  if (!item.inside) return [row]
  if (item.inside.kind === 'map') return [row, ...mapRows(item, item.inside.element, sources)]
  return [row, ...treeRows(item.inside, sources)]
}

function mapRows(map: Item, element: Item | null, sources: TreeSources): TreeRow[] {
  const parts = [...(sources.parts(map.key) ?? [])].sort((a, b) => first(a.path) - first(b.path))
  const rows = parts.flatMap((part): TreeRow[] => {
    const place = { execution: map.place.execution, path: part.path }
    if (element && element.place.path === part.path) return rowsOf(element, sources)
    const name = part.path.slice(map.place.path.length)
    return [
      {
        key: placeKey(place),
        place,
        depth: map.depth + 1,
        name,
        kind: isRange(part.path) ? 'elements' : 'element',
        open: part.kind === 'task' || part.path !== elementPath(map.place.path, first(part.path)) ? null : false, // prettier-ignore
        status: statusOfPart(part),
        failure: '',
      },
    ]
  })
  return sources.hasMore(map.key) ? [...rows, moreRow(map)] : rows
}

function statusOfPart(part: TimelineRow): TreeRow['status'] {
  const last = part.attempts.at(-1)
  return {
    phase: part.phase as Status['phase'],
    created: part.created,
    started: last?.started ?? null,
    ended: part.ended,
    attempt: last?.number ?? 0,
    reuse: part.reuse,
    lost: isLost(part),
  }
}

function moreRow(map: Item): TreeRow {
  return {
    key: `${map.key}/more`,
    place: map.place,
    depth: map.depth + 1,
    name: 'More of them',
    kind: '',
    open: null,
    status: undefined,
    failure: '',
    more: map.key,
  }
}

function first(path: string): number {
  return Number.parseInt(path.slice(path.lastIndexOf('[') + 1), 10)
}

function isRange(path: string): boolean {
  return path.slice(path.lastIndexOf('[')).includes(':')
}
