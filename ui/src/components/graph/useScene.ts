import { useEffect, useMemo, useState } from 'react'
import type { Statuses } from '@/api/graph/feeds'
import type { Direction } from '@/core/graph/layout'
import { insides, type Inside, type Item } from '@/core/graph/outline'
import { compose, type Scene } from '@/core/graph/scene'
import { lay } from './layouter'
import { useLines } from './lines'
import { statusOf, useSignature } from './status'

/** An outline, laid out. While a new one is made the last one stays; null: there is none yet. */
export function useScene(inside: Inside, direction: Direction, statuses: Statuses): Scene | null {
  const [scene, setScene] = useState<Scene | null>(null)
  const [lines] = useLines()
  const maps = useMemo(() => [...insides(inside)].filter(isOpenMap), [inside])
  const lengths = useSignature(statuses, () => maps.map(item => lengthOf(item, statuses)).join())

  useEffect(() => {
    if (inside.kind === 'loading') return
    let isCurrent = true
    void compose(inside, {
      direction,
      lay: task => lay(task, lines),
      length: item => lengthOf(item, statuses),
    }).then(made => {
      if (isCurrent) setScene(made)
    })
    return () => {
      isCurrent = false
    }
  }, [inside, direction, lines, statuses, lengths])

  return scene
}

function isOpenMap(item: Item): boolean {
  return item.inside?.kind === 'map'
}

/** How many elements a map has: the only thing about statuses that makes room. Null: not known yet. */
function lengthOf(map: Item, statuses: Statuses): number | null {
  const byPhase = statusOf(statuses, map.place)?.elements
  if (!byPhase) return null
  return Object.values(byPhase).reduce<number>((sum, count) => sum + count, 0)
}
