import { folded } from './folded'
import { GAP, isThorough, type Laid, type Spot, type Task } from './layout'
import { levels } from './levels'
import { chained, type Net, plain } from './net'
import { ordered, untangled } from './order'

/**
 * A layered layout, after Sugiyama: each box behind all that it waits for and level with what it comes
 * from, few lines that cross, and edges that go around boxes. Where no edge passes a layer, wide layers
 * and long chains are folded. Folded, and where there is too much of it, edges go straight, and it takes
 * a time that is linear in boxes and edges but for a sort.
 */
export function layered(task: Task): Laid {
  const net = netOf(task)
  const passes = net.after.length > task.sizes.length
  const spots = passes ? null : folded(net.layers, task)
  if (spots) return { ...extent(spots, task), spots, bends: task.edges.map(() => []) }
  return unfolded(net, task)
}

/** In order. */
function netOf(task: Task): Net {
  const net = isThorough(task) ? chained(task) : null
  if (net) return { ...net, layers: untangled(net) }
  const simple = plain(task)
  return { ...simple, layers: ordered(simple) }
}

/** How much further down a line may go than ahead. */
const STEEP = 4

interface Column {
  left: number
  right: number
}

function unfolded(net: Net, task: Task): Laid {
  const { sizes } = task
  const level = levels(net, at => sizes[at]?.height ?? null)
  const top = level.reduce(
    (least, y, at) => Math.min(least, y - (sizes[at]?.height ?? 0) / 2),
    Infinity,
  )
  level.forEach((y, at) => (level[at] = y - top))
  const columns = columnsOf(net, task, level)
  const spots = sizes.map(({ height }, at) => ({
    x: columns[at]?.left ?? 0,
    y: (level[at] ?? 0) - height / 2,
  }))
  const bends = net.routes.map(route => wayOf(route, task, columns, level))
  const { width, height } = extent(spots, task)
  return { width, height: level.reduce((most, y) => Math.max(most, y), height), spots, bends }
}

/** For each box and waypoint the column that it stands in. Between two columns there is more room where
 * a line goes far up or down. */
function columnsOf({ layers, after }: Net, { sizes }: Task, level: Float64Array): Column[] {
  const columns: Column[] = []
  let left = 0
  for (const layer of layers) {
    const right = layer.reduce((most, at) => Math.max(most, left + (sizes[at]?.width ?? 0)), left)
    for (const at of layer) columns[at] = { left, right }
    const climbs = layer.flatMap(at =>
      (after[at] ?? []).map(to => Math.abs((level[to] ?? 0) - (level[at] ?? 0))),
    )
    const climb = climbs.reduce((most, each) => Math.max(most, each), 0)
    left = right + Math.round(Math.min(GAP.steep, Math.max(GAP.layer, climb / STEEP)))
  }
  return columns
}

/** Level through each column, and from one height to another between two of them: so no box is in the
 * way. */
function wayOf(
  route: number[],
  { sizes }: Pick<Task, 'sizes'>,
  columns: Column[],
  level: Float64Array,
): Spot[] {
  const isBack = (columns[route[0] ?? 0]?.left ?? 0) > (columns[route.at(-1) ?? 0]?.left ?? 0)
  if (isBack) return wayOf(route.toReversed(), { sizes }, columns, level).reverse()
  const points = route.flatMap((at, index): Spot[] => {
    const { left, right } = columns[at] ?? { left: 0, right: 0 }
    const y = level[at] ?? 0
    if (index === route.length - 1) return [{ x: left, y }]
    const begin = index === 0 ? left + (sizes[at]?.width ?? 0) : left
    return begin < right
      ? [
          { x: begin, y },
          { x: right, y },
        ]
      : [{ x: right, y }]
  })
  return points.filter((point, at) => {
    const [before, after] = [points[at - 1], points[at + 1]]
    return !before || !after || before.y !== point.y || after.y !== point.y
  })
}

function extent(spots: Spot[], { sizes }: Task): { width: number; height: number } {
  const width = Math.max(0, ...spots.map((spot, at) => spot.x + (sizes[at]?.width ?? 0)))
  const height = Math.max(0, ...spots.map((spot, at) => spot.y + (sizes[at]?.height ?? 0)))
  return { width, height }
}
