import { GAP, type Laid, type Task, type Spot } from './layout'

type Boxes = Pick<Task, 'sizes' | 'edges'>

/**
 * A layered layout: each node behind all that it waits for and beside what it comes from, neighbours
 * near each other, wide layers and long chains folded. Linear in nodes and edges but for a sort. Edges
 * go straight, whatever lies in their way.
 */
export function layered(task: Task): Laid {
  const layers = order(layersOf(depths(task)), task)
  const spots = place(layers, task)
  const width = Math.max(0, ...spots.map((spot, at) => spot.x + (task.sizes[at]?.width ?? 0)))
  const height = Math.max(0, ...spots.map((spot, at) => spot.y + (task.sizes[at]?.height ?? 0)))
  return { width, height, spots, bends: task.edges.map(() => []) }
}

/** Whether an edge goes past a layer, where a box may be in its way. */
export function passesLayers(task: Task): boolean {
  const depth = depths(task)
  return task.edges.some(([source, target]) => (depth[target] ?? 0) - (depth[source] ?? 0) > 1)
}

/** The layer of each node: the longest way from a beginning. What is in a circle comes last. */
function depths({ sizes, edges }: Task): number[] {
  const depth = new Array<number>(sizes.length).fill(0)
  const open = new Array<number>(sizes.length).fill(0)
  const after = followers(sizes.length, edges)
  for (const [, target] of edges) open[target] = (open[target] ?? 0) + 1
  const ready = sizes.map((_, at) => at).filter(at => open[at] === 0)
  for (const at of ready) {
    for (const next of after[at] ?? []) {
      depth[next] = Math.max(depth[next] ?? 0, (depth[at] ?? 0) + 1)
      open[next] = (open[next] ?? 0) - 1
      if (open[next] === 0) ready.push(next)
    }
  }
  return depth
}

function layersOf(depth: number[]): number[][] {
  const layers: number[][] = []
  depth.forEach((layer, at) => (layers[layer] ??= []).push(at))
  return layers
}

function followers(count: number, edges: Task['edges']): number[][] {
  const after = Array.from({ length: count }, (): number[] => [])
  for (const [source, target] of edges) after[source]?.push(target)
  return after
}

const SWEEPS = 2

/** Put the nodes of a layer in the order of what they come from, then of what they go to. */
function order(layers: number[][], { sizes, edges }: Task): number[][] {
  const after = followers(sizes.length, edges)
  const before = followers(
    sizes.length,
    edges.map(([source, target]) => [target, source]),
  )
  const rank = new Float64Array(sizes.length)
  const wanted = new Float64Array(sizes.length)
  const sortBy = (layer: number[], near: number[][]) => {
    for (const at of layer) wanted[at] = mean(near[at], rank, rank[at])
    return layer.sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0))
  }
  const number = (layer: number[]) => {
    layer.forEach((at, index) => {
      rank[at] = index / layer.length
    })
  }
  layers.forEach(number)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of layers) number(sortBy(layer, before))
    for (const layer of layers.toReversed()) number(sortBy(layer, after))
  }
  return layers
}

function mean(of: number[] | undefined, rank: Float64Array, otherwise = 0): number {
  if (!of?.length) return otherwise
  return of.reduce((sum, at) => sum + (rank[at] ?? 0), 0) / of.length
}

/** How much wider than high a picture is at best. */
const ASPECT = 1.6

/** Columns beside each other, as many nodes in one as make a picture of a pleasant shape; and when
 * they make a ribbon, the ribbon folded into rows. */
function place(layers: number[][], { sizes, edges }: Task): Spot[] {
  const area = sizes.reduce(
    (sum, { width, height }) => sum + (width + GAP.layer) * (height + GAP.node),
    0,
  )
  const tall = Math.max(600, Math.sqrt(area / ASPECT))
  const columns = layers.flatMap(layer =>
    cut(layer, at => (sizes[at]?.height ?? 0) + GAP.node, tall),
  )
  const heights = columns.map(column => extent(column, at => sizes[at]?.height ?? 0, GAP.node))
  const widths = columns.map(column => Math.max(...column.map(at => sizes[at]?.width ?? 0)))
  const rows = cut(
    columns.map((_, at) => at),
    at => (widths[at] ?? 0) + GAP.layer,
    Math.max(tall * ASPECT * 1.5, 4000),
  )
  const spots: Spot[] = sizes.map(() => ({ x: 0, y: 0 }))
  let top = 0
  for (const row of rows) {
    const high = Math.max(...row.map(at => heights[at] ?? 0))
    let left = 0
    for (const column of row) {
      let y = top + (high - (heights[column] ?? 0)) / 2
      for (const at of columns[column] ?? []) {
        spots[at] = { x: left, y }
        y += (sizes[at]?.height ?? 0) + GAP.node
      }
      left += (widths[column] ?? 0) + GAP.layer
    }
    top += high + GAP.row
  }
  const isFolded = rows.length > 1 || columns.length > layers.length
  return isFolded ? spots : aligned(columns, spots, { sizes, edges })
}

/** Boxes moved along their columns to beside what they come from, as far as the order lets them. */
function aligned(columns: number[][], spots: Spot[], { sizes, edges }: Boxes): Spot[] {
  const height = (at: number) => sizes[at]?.height ?? 0
  const tops = Float64Array.from(spots, ({ y }) => y)
  const before = followers(
    sizes.length,
    edges.map(([source, target]) => [target, source]),
  )
  for (const column of columns.slice(1)) {
    const wanted = column.map(at => {
      const middles = (before[at] ?? []).map(from => (tops[from] ?? 0) + height(from) / 2)
      const own = (tops[at] ?? 0) + height(at) / 2
      return average(middles, own) - height(at) / 2
    })
    let least = -Infinity
    const placed = column.map((at, index) => {
      const y = Math.max(least, wanted[index] ?? 0)
      least = y + height(at) + GAP.node
      return y
    })
    const shift = average(placed.map((y, index) => (wanted[index] ?? 0) - y))
    column.forEach((at, index) => {
      tops[at] = (placed[index] ?? 0) + shift
    })
  }
  const top = tops.reduce((least, y) => Math.min(least, y), Infinity)
  return spots.map(({ x }, at) => ({ x, y: (tops[at] ?? 0) - top }))
}

function average(of: number[], otherwise = 0): number {
  return of.length > 0 ? of.reduce((sum, each) => sum + each, 0) / of.length : otherwise
}

function extent(list: number[], size: (at: number) => number, gap: number): number {
  return list.reduce((sum, at) => sum + size(at) + gap, -gap)
}

/** Cut a list into stretches that are each no longer than `most`, and about equal. */
function cut(list: number[], size: (at: number) => number, most: number): number[][] {
  const whole = list.reduce((sum, at) => sum + size(at), 0)
  const share = whole / Math.ceil(whole / most)
  const parts: number[][] = []
  let filled = Infinity
  for (const at of list) {
    if (filled + size(at) / 2 > share) {
      parts.push([])
      filled = 0
    }
    parts.at(-1)?.push(at)
    filled += size(at)
  }
  return parts
}
