import { useCallback, useMemo, useState } from 'react'
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
function byItself(node: GraphNode | undefined): boolean {
  return node?.kind === 'branch'
}

/** @param selected what is around it is open from the beginning */
export function useOpened(selected: Place | null): Opened {
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(() => around(selected))

  const toggle = useCallback((key: string, isOpen: boolean) => {
    setChosen(before => new Map(before).set(key, isOpen))
  }, [])

  const showElement = useCallback((map: Place, index: number | null) => {
    setChosen(before => {
      const after = new Map(before)
      for (const key of after.keys()) if (isElement(key, map)) after.delete(key)
      if (index !== null) after.set(`${placeKey(map)}[${index}]`, true)
      return after
    })
  }, [])

  return useMemo(
    () => ({
      isOpen: (key: string, node?: GraphNode) => chosen.get(key) ?? byItself(node),
      element: (map: Place) => {
        const key = [...chosen.keys()].find(each => isElement(each, map))
        return key && chosen.get(key) ? Number(key.slice(placeKey(map).length + 1, -1)) : null
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
