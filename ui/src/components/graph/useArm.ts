import { useSyncExternalStore } from 'react'
import type { Statuses } from '@/api/graph/feeds'
import type { Item } from '@/core/graph/outline'
import { placeOf } from '@/core/graph/place'
import type { InArm } from '@/core/graph/scene'
import { useGraph } from './context'
import { statusOf } from './status'

/** The arm that a branch has taken; null: none yet. */
export function useArm(branch: Item | null): number | null {
  const { statuses } = useGraph()
  return useSyncExternalStore(statuses.subscribe, () =>
    branch ? (statusOf(statuses, branch.place)?.arm ?? null) : null,
  )
}

/** Whether something is on a way that was not taken. */
export function isPassedBy(statuses: Statuses, arm: InArm | null): boolean {
  for (let each = arm; each; each = each.outer) {
    const taken = statusOf(statuses, placeOf(each.branch))?.arm ?? null
    if (taken !== null && taken !== each.index) return true
  }
  return false
}

export function usePassedBy(arm: InArm | null): boolean {
  const { statuses } = useGraph()
  return useSyncExternalStore(statuses.subscribe, () => isPassedBy(statuses, arm))
}
