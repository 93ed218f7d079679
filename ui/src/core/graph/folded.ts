import { GAP, type Spot, type Task } from './layout'

/** How much wider than high a picture is at best. */
const ASPECT = 1.6
/** So wide may any picture be. */
const WIDE = 4000

/** Columns beside each other, as many boxes in one as make a picture of a pleasant shape; and when they
 * make a ribbon, the ribbon folded into rows. Null: there is nothing to fold. */
export function folded(layers: number[][], { sizes }: Task): Spot[] | null {
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
    Math.max(tall * ASPECT * 1.5, WIDE),
  )
  if (rows.length <= 1 && columns.length === layers.length) return null
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
  return spots
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
