import { useCallback, useSyncExternalStore } from 'react'
import type { NodeStatus, Statuses } from '@/api/graph/feeds'
import type { Place } from '@/core/graph/place'

export function statusOf(statuses: Statuses, place: Place): NodeStatus | undefined {
  return statuses.item(place)
}

/** How a node execution stands; undefined: it is pending. Only whoever shows it is told. */
export function useStatus(statuses: Statuses, place: Place): NodeStatus | undefined {
  return useSyncExternalStore(statuses.subscribe, () => statusOf(statuses, place))
}

/** Something that is made of statuses and small enough to compare as text. */
export function useSignature(statuses: Statuses, make: () => string): string {
  const subscribe = useCallback((listener: () => void) => statuses.subscribe(listener), [statuses])
  return useSyncExternalStore(subscribe, make)
}
