import { elementPath, placeKey, type Place } from './place'
import type { Arm, GraphEdge, GraphNode, ScopeGraph } from './shape'

/**
 * What a page shows of an execution: its nodes, and inside those that are open, theirs. The graph,
 * the timeline and the list of nodes are three views of one outline.
 */
export interface Item {
  key: string
  place: Place
  node: GraphNode
  depth: number
  opens: boolean
  /** The execution that it has started, as a launch plan; empty: none. */
  child: string
  /** Null: it is closed. */
  inside: Inside | null
}

export type Inside = InsideGraph | InsideBranch | InsideMap | InsideLoading

/** A part of a graph: nodes and the edges between them. */
export interface Part {
  items: Item[]
  edges: GraphEdge[]
}

export interface InsideGraph extends Part {
  kind: 'graph'
  /** What it is the graph of. */
  scope: Place
  /** How many nodes the server has left out. */
  omitted: number
  complete: boolean
}

export interface InsideBranch {
  kind: 'branch'
  arms: (Part & { condition: string; fails: string | null })[]
}

/** A map shows its elements as cells, and may have one of them open. */
export interface InsideMap {
  kind: 'map'
  element: Item | null
}

/** Not known yet. `failed`: why it cannot be. */
export interface InsideLoading {
  kind: 'loading'
  failed: string
}

/** How an outline gets to know what it shows. */
export interface Sources {
  isOpen: (key: string, node: GraphNode) => boolean
  graph: (place: Place) => ScopeGraph | undefined
  failed: (place: Place) => string
  /** The execution that a launch plan has started; empty: none yet. */
  child: (place: Place) => string
  /** Which element of a map is shown with its inside. */
  element: (map: Place) => number | null
}

/** The outline below a scope. */
export function outline(scope: Place, sources: Sources, depth = 0): Inside {
  const graph = sources.graph(scope)
  if (!graph) return { kind: 'loading', failed: sources.failed(scope) }
  const part = partOf(scope.execution, graph, sources, depth)
  const omitted = Math.max(0, graph.total - graph.nodes.length)
  return { kind: 'graph', scope, omitted, complete: graph.complete, ...part }
}

function partOf(
  execution: string,
  graph: { nodes: GraphNode[]; edges: GraphEdge[] },
  sources: Sources,
  depth: number,
): Part {
  const items = graph.nodes.map(node =>
    itemOf({ execution, path: node.path }, node, sources, depth),
  )
  return { items, edges: graph.edges }
}

function itemOf(place: Place, node: GraphNode, sources: Sources, depth: number): Item {
  const key = placeKey(place)
  const child = sources.child(place)
  const opens = node.opens || node.kind === 'branch' || child !== ''
  const isOpen = opens && sources.isOpen(key, node)
  const inside = isOpen ? insideOf(place, node, child, sources, depth + 1) : null
  return { key, place, node, depth, opens, child, inside }
}

function insideOf(
  place: Place,
  node: GraphNode,
  child: string,
  sources: Sources,
  depth: number,
): Inside {
  if (node.kind === 'branch') return insideBranch(place.execution, node.arms, sources, depth)
  if (node.kind === 'map') return insideMap(place, sources, depth)
  return outline(child ? { execution: child, path: '' } : place, sources, depth)
}

function insideBranch(
  execution: string,
  arms: Arm[],
  sources: Sources,
  depth: number,
): InsideBranch {
  const parts = arms.map(arm => ({
    condition: arm.condition,
    fails: arm.fails,
    ...partOf(execution, arm, sources, depth),
  }))
  return { kind: 'branch', arms: parts }
}

function insideMap(place: Place, sources: Sources, depth: number): Inside {
  const graph = sources.graph(place)
  if (!graph) return { kind: 'loading', failed: sources.failed(place) }
  const index = sources.element(place)
  if (index === null || !graph.element?.opens) return { kind: 'map', element: null }
  const id = `[${index}]`
  const path = elementPath(place.path, index)
  const node = { ...graph.element, id, path, title: `${graph.element.title}${id}` }
  const element = itemOf({ execution: place.execution, path }, node, sources, depth)
  return { kind: 'map', element }
}

/** All items, each before those inside it. */
export function* insides(inside: Inside): Generator<Item> {
  for (const item of itemsOf(inside)) {
    yield item
    if (item.inside) yield* insides(item.inside)
  }
}

/** The items right inside. */
export function itemsOf(inside: Inside): Item[] {
  switch (inside.kind) {
    case 'graph':
      return inside.items
    case 'branch':
      return inside.arms.flatMap(arm => arm.items)
    case 'map':
      return inside.element ? [inside.element] : []
    case 'loading':
      return []
  }
}
