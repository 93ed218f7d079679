import { Kept, useStore } from '@/api/store'
import type { Lines } from '@/core/graph/layout'

const kept = new Kept('graph.lines')

/** How the edges of all graphs go: as somebody has chosen in this browser. */
export function chosenLines(): Lines {
  return kept.get() === 'square' ? 'square' : 'curved'
}

export function useLines(): [Lines, (lines: Lines) => void] {
  useStore(kept)
  return [chosenLines(), choose]
}

function choose(lines: Lines): void {
  kept.set(lines === 'square' ? lines : '')
}
