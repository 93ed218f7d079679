import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { nodeList, type NodeFilter } from '@/api/graph/nodes'
import { Empty } from '@/components/states/Empty'
import { Failed } from '@/components/states/Failed'
import { Loading } from '@/components/states/Loading'
import { placeKey, type Place } from '@/core/graph/place'
import { visible } from '@/core/text/visible'
import { NodeRows } from './NodeRows'
import type { TreeRow } from './treeRows'
import type { ExecutionView } from './useView'

interface FoundNodesProps {
  view: ExecutionView
  filter: NodeFilter
  isLive: boolean
  selected: string
  onSelect: (place: Place) => void
}

/** Milliseconds between looks, for so many pages that were read: all of them are read anew. */
const PERIOD = 1500
const PAGES = 5

/** What a filter finds among the nodes, page behind page. */
export function FoundNodes({ view, filter, isLive, selected, onSelect }: FoundNodesProps) {
  const execution = view.root.execution
  const found = useInfiniteQuery({
    ...nodeList(execution, filter),
    refetchInterval: ({ state: { data } }) =>
      isLive && PERIOD * Math.ceil((data?.pages.length ?? 1) / PAGES),
  })
  const rows = useMemo(
    () =>
      found.data?.pages.flatMap(page =>
        page.items.map((node): TreeRow => {
          const place = { execution, path: node.path }
          return {
            key: placeKey(place),
            place,
            depth: 0,
            name: node.path,
            kind: node.kind.replace('_', ' '),
            open: null,
            status: {
              phase: node.phase as NonNullable<TreeRow['status']>['phase'],
              created: node.created,
              started: null,
              ended: node.ended,
              attempt: node.attempt,
              reuse: node.cached ? 'cached' : node.recovered ? 'recovered' : '',
            },
            failure: visible(node.failure?.message ?? ''),
          }
        }),
      ) ?? [],
    [found.data, execution],
  )
  if (found.isPending) return <Loading />
  if (found.isError) return <Failed error={found.error} retry={() => found.refetch()} />
  if (rows.length === 0) {
    return (
      <Empty small title="No node is like that">
        Nodes that nothing has been decided about yet are not found.
      </Empty>
    )
  }
  return (
    <NodeRows
      label="Nodes found"
      rows={rows}
      isLive={isLive}
      selected={selected}
      onSelect={onSelect}
      onEnd={() => {
        if (found.hasNextPage && !found.isFetchingNextPage) found.fetchNextPage()
      }}
    />
  )
}
