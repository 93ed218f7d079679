import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { scopeGraph } from '@/api/graph/queries'
import { namesOf } from '@/core/graph/names'
import { placeKey, type Place } from '@/core/graph/place'
import type { ScopeGraph } from '@/core/graph/shape'

/** Structures that are asked for at a time. */
const MOST = 4

/** What the nodes of an execution are called, also those in scopes that nobody has opened: their
 * structures are asked for as lines about them come into view.
 *
 * @param shown the places in view
 * @param isQuiet false: what is in view changes all the time, and nothing is asked for
 */
export function useNames(shown: readonly Place[], isQuiet: boolean): (place: Place) => string {
  const client = useQueryClient()
  const [asked, setAsked] = useState<readonly Place[]>([])
  useQueries({ queries: asked.map(scope => ({ ...scopeGraph(scope), retry: false })) })
  const graphOf = (scope: Place): ScopeGraph | undefined =>
    client.getQueryData(scopeGraph(scope).queryKey)

  const wanted = new Map<string, Place>()
  for (const place of isQuiet ? shown : []) {
    const { wants } = namesOf(place, graphOf)
    if (wants && wanted.size < MOST && !hasFailed(wants)) wanted.set(placeKey(wants), wants)
  }
  const next = [...wanted.values()].filter(scope => !asked.some(each => isSame(each, scope)))
  if (next.length > 0) setAsked([...wanted.values()])
  return place => namesOf(place, graphOf).told

  function hasFailed(scope: Place): boolean {
    return client.getQueryState(scopeGraph(scope).queryKey)?.status === 'error'
  }
}

function isSame(one: Place, other: Place): boolean {
  return one.execution === other.execution && one.path === other.path
}
