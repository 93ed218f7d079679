import type { Task } from './layout'

/**
 * Boxes in layers, and what leads from one layer to another. Where an edge passes a layer it goes
 * through a waypoint: those are numbered behind the boxes, and have no size.
 */
export interface Net {
  layers: number[][]
  /** What each comes from. */
  before: number[][]
  /** What each goes to. */
  after: number[][]
  /** For each edge all that it goes through, from its source to its target. Empty: it goes straight. */
  routes: number[][]
}

type Graph = Pick<Task, 'sizes' | 'edges'>
type Edge = Task['edges'][number]

/** A net without waypoints: its edges pass layers as they are. Linear in boxes and edges. */
export function plain({ sizes, edges }: Graph): Net {
  const after = followers(sizes.length, edges)
  return {
    layers: layersOf(depths(after)),
    before: followers(sizes.length, edges.map(turn)),
    after,
    routes: edges.map(() => []),
  }
}

/** Waypoints that are laid out while somebody waits. */
const WAYPOINTS = 4000

/** A net with waypoints: the edges of a box share them as far as they go together. Null: it would have
 * too many. */
export function chained({ sizes, edges }: Graph): Net | null {
  const depth = shortened(depths(followers(sizes.length, edges)), edges)
  const layers = layersOf(depth)
  const before = sizes.map((): number[] => [])
  const after = sizes.map((): number[] => [])
  const chains = sizes.map((_, at) => [at])
  const link = (from = 0, to = 0) => {
    if (after[from]?.includes(to)) return
    after[from]?.push(to)
    before[to]?.push(from)
  }
  const along = ([source, target]: Edge, length: number): number[] => {
    const chain = chains[source] ?? []
    while (chain.length < length) {
      const waypoint = after.push([]) - 1
      before.push([])
      link(chain.at(-1), waypoint)
      layers[(depth[source] ?? 0) + chain.length]?.push(waypoint)
      chain.push(waypoint)
    }
    link(chain[length - 1], target)
    return [...chain.slice(0, length), target]
  }
  const routes: number[][] = []
  for (const edge of edges) {
    const length = lengthOf(edge, depth)
    // Only in a circle does one not lead to a later layer.
    if (length > 0) routes.push(along(edge, length))
    else routes.push(length < 0 ? along(turn(edge), -length).toReversed() : [])
    if (after.length > sizes.length + WAYPOINTS) return null
  }
  return { layers, before, after, routes }
}

function turn([source, target]: Edge): Edge {
  return [target, source]
}

function lengthOf([source, target]: Edge, depth: number[]): number {
  return (depth[target] ?? 0) - (depth[source] ?? 0)
}

/** The layer of each box, by what each leads to: the longest way from a beginning. In a circle one box does not wait. */
function depths(after: number[][]): number[] {
  const depth = after.map(() => 0)
  const open = after.map(() => 0)
  for (const all of after) for (const next of all) open[next] = (open[next] ?? 0) + 1
  const isReady = open.map(count => count === 0)
  const ready = [...isReady.keys()].filter(at => isReady[at])
  let first = 0
  for (let done = 0; done < after.length; done++) {
    if (done === ready.length) {
      while (isReady[first]) first++
      isReady[first] = true
      ready.push(first)
    }
    const at = ready[done] ?? 0
    for (const next of after[at] ?? []) {
      open[next] = (open[next] ?? 0) - 1
      if (isReady[next]) continue
      depth[next] = Math.max(depth[next] ?? 0, (depth[at] ?? 0) + 1)
      if (open[next] > 0) continue
      isReady[next] = true
      ready.push(next)
    }
  }
  return depth
}

/** Depths at which edges are shorter: what only few things lead to lies right before what it is for. */
function shortened(depth: number[], edges: Graph['edges']): number[] {
  const shorter = [...depth]
  const ahead = edges.filter(edge => lengthOf(edge, depth) > 0)
  const before = followers(depth.length, ahead.map(turn))
  const after = followers(depth.length, ahead)
  const inOrder = [...depth.keys()].sort((a, b) => (depth[a] ?? 0) - (depth[b] ?? 0))
  const isLoose = depth.map(() => false)
  for (const at of inOrder)
    isLoose[at] = (before[at] ?? []).every(from => isLoose[from] && after[from]?.length === 1)
  for (const at of inOrder.toReversed()) {
    const next = after[at] ?? []
    if (next.length === 0 || !(isLoose[at] || next.length > (before[at]?.length ?? 0))) continue
    shorter[at] = Math.min(...next.map(to => shorter[to] ?? 0)) - 1
  }
  return shorter
}

function layersOf(depth: number[]): number[][] {
  const layers: number[][] = []
  depth.forEach((layer, at) => (layers[layer] ??= []).push(at))
  return layers
}

function followers(count: number, edges: Graph['edges']): number[][] {
  const after = Array.from({ length: count }, (): number[] => [])
  for (const [source, target] of edges) after[source]?.push(target)
  return after
}
