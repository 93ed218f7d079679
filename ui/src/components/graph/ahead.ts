import { THOROUGH } from '@/core/graph/layout'
import { outline } from '@/core/graph/outline'
import { compose } from '@/core/graph/scene'
import type { ScopeGraph } from '@/core/graph/shape'
import { firstDirection } from './direction'
import { lay } from './layouter'
import { chosenLines } from './lines'
import { byItself } from './opened'

/** Lay out a graph as it is shown first, while the code of its page comes: what the page asks for then
 * is known already. */
export function layAhead(execution: string, graph: ScopeGraph): void {
  if (graph.total > THOROUGH) return
  const root = { execution, path: '' }
  const inside = outline(root, {
    isOpen: (_, node) => byItself(node),
    graph: ({ path }) => (path === '' ? graph : undefined),
    failed: () => '',
    child: () => '',
    element: () => null,
  })
  const lines = chosenLines()
  void compose(inside, {
    direction: firstDirection(),
    lay: task => lay(task, lines),
    length: () => null,
  })
}
