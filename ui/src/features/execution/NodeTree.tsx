import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { insides } from '@/core/graph/outline'
import { placeOf, type Place } from '@/core/graph/place'
import { NodeRows } from './NodeRows'
import { treeRows, type TreeRow } from './treeRows'
import type { ExecutionView } from './useView'

interface NodeTreeProps {
  view: ExecutionView
  isLive: boolean
  selected: string
  onSelect: (place: Place) => void
}

export function NodeTree({ view, isLive, selected, onSelect }: NodeTreeProps) {
  const { inside, feeds, opened, statusOfItem } = view
  const { statuses, timelines } = feeds
  const known = useSyncExternalStore(statuses.subscribe, statuses.get)
  const parts = useSyncExternalStore(timelines.subscribe, timelines.get)

  const maps = [...insides(inside)].filter(item => item.inside?.kind === 'map')
  const watched = maps.map(item => item.key).join(' ')
  useEffect(() => {
    timelines.watch(watched ? watched.split(' ').map(placeOf) : [])
  }, [timelines, watched])

  const rows = useMemo(
    () =>
      treeRows(inside, {
        status: statusOfItem,
        parts: scope => timelines.items(scope)?.values(),
        hasMore: scope => timelines.hasMore(scope),
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- these say when the feeds have changed
    [inside, statusOfItem, timelines, known, parts],
  )
  const toggle = (row: TreeRow) => {
    const element = /^(.*)\[(\d+)\]$/.exec(row.place.path)
    if (element?.[1] !== undefined && row.kind !== 'map') {
      const map = { execution: row.place.execution, path: element[1] }
      opened.showElement(map, row.open ? null : Number(element[2]))
    } else opened.toggle(row.key, !row.open)
  }
  return (
    <NodeRows
      label="Nodes"
      rows={rows}
      isLive={isLive}
      selected={selected}
      onSelect={onSelect}
      onToggle={toggle}
      onMore={scope => void timelines.more(scope).catch(() => undefined)}
    />
  )
}
