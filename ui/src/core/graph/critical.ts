import { itemsOf, type Inside, type Item } from './outline'
import type { GraphEdge } from './shape'
import type { Status } from './status'

/**
 * The keys of the nodes that decided how long it took: the one that ended last, of those that it
 * waited for the one that ended last, and so on; the same inside each of them that is open.
 */
export function criticalPath(
  inside: Inside,
  status: (item: Item) => Status | undefined,
): Set<string> {
  const path = new Set<string>()
  walk(inside, item => endOf(status(item)), path)
  return path
}

/** What runs will end later than all that has. */
function endOf(status: Status | undefined): number {
  if (!status || status.phase === 'SKIPPED') return -Infinity
  return status.ended ?? Infinity
}

function walk(inside: Inside, end: (item: Item) => number, path: Set<string>): void {
  const items = itemsOf(inside)
  const byId = new Map(items.map(item => [item.node.id, item]))
  const before = new Map<string, Item[]>()
  for (const { source, target } of edgesOf(inside)) {
    const item = byId.get(source)
    if (!item) continue
    const there = before.get(target)
    if (there) there.push(item)
    else before.set(target, [item])
  }
  let item = latest(items, end)
  while (item && !path.has(item.key)) {
    path.add(item.key)
    if (item.inside) walk(item.inside, end, path)
    item = latest(before.get(item.node.id) ?? [], end)
  }
}

function latest(items: Item[], end: (item: Item) => number): Item | undefined {
  let found: Item | undefined
  let last = -Infinity
  for (const item of items) {
    const its = end(item)
    if (its > last) [found, last] = [item, its]
  }
  return found
}

function edgesOf(inside: Inside): GraphEdge[] {
  if (inside.kind === 'graph') return inside.edges
  return inside.kind === 'branch' ? inside.arms.flatMap(arm => arm.edges) : []
}
