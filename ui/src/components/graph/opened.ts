import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type ByHand, printOpened, readOpened, withChanges } from '@/core/graph/opened'
import { placeKey, scopesAround, type Place } from '@/core/graph/place'
import type { GraphNode } from '@/core/graph/shape'

/** Which nodes are open, of all that somebody has opened or closed; the others are as they are by
 * themselves. */
export interface Opened {
  isOpen: (key: string, node?: GraphNode) => boolean
  /** Which element of a map is open. */
  element: (map: Place) => number | null
  toggle: (key: string, isOpen: boolean) => void
  showElement: (map: Place, index: number | null) => void
}

/** A branch is open by itself: its conditions are what it says. */
export function byItself(node: GraphNode | undefined): boolean {
  return node?.kind === 'branch'
}

/** @param selected what is around it is open from the beginning
 * @param said what somebody has opened and closed, as a text: see `core/graph/opened`
 * @param own the execution whose paths stand there without its name
 */
export function useOpened(
  selected: Place | null,
  [said, say]: readonly [said: string, say: (said: string) => void],
  own = '',
): Opened {
  const [near] = useState(() => around(selected))
  const byHand = useMemo(() => readOpened(said, own), [said, own])
  const chosen = useMemo(() => new Map([...near, ...byHand]), [near, byHand])
  const latest = useRef(say)
  useEffect(() => {
    latest.current = say
  })
  const change = useCallback(
    (changes: ByHand) => latest.current(printOpened(withChanges(byHand, changes, near), own)),
    [byHand, near, own],
  )

  const toggle = useCallback(
    (key: string, isOpen: boolean) => change(new Map([[key, isOpen]])),
    [change],
  )
  const showElement = useCallback(
    (map: Place, index: number | null) => {
      const others = [...chosen.keys()].filter(key => isElement(key, map))
      const shown = index === null ? [] : [[`${placeKey(map)}[${index}]`, true] as const]
      change(new Map([...others.map(key => [key, false] as const), ...shown]))
    },
    [change, chosen],
  )

  return useMemo(
    () => ({
      isOpen: (key: string, node?: GraphNode) => chosen.get(key) ?? byItself(node),
      element: (map: Place) => {
        const key = [...chosen.keys()].find(each => isElement(each, map) && chosen.get(each))
        return key === undefined ? null : Number(key.slice(placeKey(map).length + 1, -1))
      },
      toggle,
      showElement,
    }),
    [chosen, toggle, showElement],
  )
}

function isElement(key: string, map: Place): boolean {
  const start = placeKey(map)
  return key.startsWith(`${start}[`) && /^\[\d+\]$/.test(key.slice(start.length))
}

function around(place: Place | null): Map<string, boolean> {
  if (!place) return new Map()
  const { execution, path } = place
  return new Map(scopesAround(path).map(scope => [placeKey({ execution, path: scope }), true]))
}
