import { useCallback, useMemo, useState } from 'react'
import { statuses as makeStatuses, timelines as makeTimelines, type NodeStatus } from '@/api/graph/feeds' // prettier-ignore
import { Journal } from '@/api/journal/journal'
import { scopeOpening, type ScopeStatuses } from '@/api/openings/queries'
import { useOpened } from '@/components/graph/opened'
import { statusOf } from '@/components/graph/status'
import { useOutline } from '@/components/graph/useOutline'
import { titleOf } from '@/core/graph/kinds'
import { insides, type Item } from '@/core/graph/outline'
import { placeKey, type Place } from '@/core/graph/place'

/** What the views of an execution share: what is open in it, and how it stands.
 *
 * @param selected what is around it is open from the beginning
 * @param open what somebody has opened and closed; see `useOpened`
 * @param known how its scopes stand, as far as that is known
 */
export function useView(
  id: string,
  selected: Place | null,
  open: readonly [said: string, say: (said: string) => void],
  known: ScopeStatuses,
) {
  const root = useMemo(() => ({ execution: id, path: '' }), [id])
  const [feeds] = useState(() => ({
    statuses: makeStatuses(keyed(id, known)),
    timelines: makeTimelines(),
    journal: new Journal(id),
  }))
  const { statuses } = feeds
  const opened = useOpened(selected, open, id)
  const [query] = useState(() => (scope: Place) => scopeOpening(scope, statuses))
  const inside = useOutline(root, opened, statuses, query)

  const items = useMemo(() => new Map([...insides(inside)].map(item => [item.key, item])), [inside])
  const nameOf = useCallback((key: string) => nameIn(items, key), [items])
  const childOf = useCallback((key: string) => items.get(key)?.child ?? '', [items])
  const statusOfItem = useCallback(
    (item: Item): NodeStatus | undefined => statusOf(statuses, item.place),
    [statuses],
  )
  return { root, feeds, opened, inside, nameOf, childOf, statusOfItem }
}

export type ExecutionView = ReturnType<typeof useView>

/** By the keys of the scopes. */
function keyed(execution: string, statuses: ScopeStatuses) {
  return new Map([...statuses].map(([path, each]) => [placeKey({ execution, path }), each]))
}

/** What a node is called; empty: its structure is not known. */
function nameIn(items: Map<string, Item>, key: string): string {
  const item = items.get(key)
  return item ? titleOf(item.node) : ''
}
