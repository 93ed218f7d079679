import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Statuses } from '@/api/graph/feeds'
import { insides, outline, type Inside, type Item } from '@/core/graph/outline'
import { placeKey, type Place } from '@/core/graph/place'
import type { Opened } from './opened'
import { statusOf, useSignature } from './status'
import { Structures, type GraphQuery } from './structures'

/** What there is to see below a scope, as far as it is open and known. What it needs to know it asks
 * for: structures by `query`, which has to stay the same, and statuses of the scopes in it. */
export function useOutline(
  root: Place,
  opened: Opened,
  statuses: Statuses,
  query: GraphQuery,
): Inside {
  const client = useQueryClient()
  const [structures] = useState(() => new Structures(client, query))
  const known = useSyncExternalStore(structures.subscribe, structures.get)
  const children = useSignature(statuses, () => childrenIn(statuses))

  const { inside, wanted } = useMemo(
    () => {
      const wanted = new Map<string, Place>()
      const inside = outline(root, {
        isOpen: opened.isOpen,
        element: opened.element,
        failed: structures.failed,
        child: place => statusOf(statuses, place)?.child ?? '',
        graph: place => {
          wanted.set(placeKey(place), place)
          return structures.graph(place)
        },
      })
      return { inside, wanted: [...wanted.values()] }
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `known` and `children` say when the rest has changed
    [root.execution, root.path, opened, structures, statuses, known, children],
  )

  useEffect(() => structures.start(), [structures])
  useEffect(() => structures.want(wanted), [structures, wanted])
  useEffect(() => statuses.watch([root, ...statusScopes(inside)]), [statuses, root, inside])
  return inside
}

/** The executions that launch plans have started: each can be opened from then on. */
function childrenIn(statuses: Statuses): string {
  let children = ''
  for (const [scope, { path, child }] of statuses.all()) {
    if (child !== '') children += `${scope}/${path}=${child},`
  }
  return children
}

/** The scopes whose statuses are shown: all that are open and known, but for the elements of maps,
 * which are told of as cells. */
function statusScopes(inside: Inside): Place[] {
  return [...insides(inside)].flatMap(item => scopesIn(item))
}

function scopesIn({ place, inside }: Item): Place[] {
  if (inside?.kind === 'graph') return [inside.scope]
  return inside?.kind === 'branch' ? [place] : []
}
