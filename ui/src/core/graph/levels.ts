import { GAP } from './layout'
import type { Net } from './net'

/** Distances of a line to a box and to another line. */
const CLEAR = { box: 16, line: 10 }

/**
 * How far down the middle of each box and waypoint lies, after Brandes and Köpf, "Fast and Simple
 * Horizontal Coordinate Assignment" (2001): level with the middle one of what it comes from or leads to,
 * as far as the order lets it; seen from each of the four corners, and in the middle of those.
 *
 * @param height of a box; null: it is a waypoint.
 */
export function levels(net: Net, height: (at: number) => number | null): Float64Array {
  const apart = (a: number, b: number): number => {
    const [one, other] = [height(a), height(b)]
    if (one !== null && other !== null) return (one + other) / 2 + GAP.node
    const box = one ?? other
    return box === null ? CLEAR.line : box / 2 + CLEAR.box
  }
  const { before, after } = straight(net, at => height(at) === null)
  const backward = net.layers.toReversed()
  const corners = [
    high(net.layers, before, apart),
    high(backward, after, apart),
    low(net.layers, before, apart),
    low(backward, after, apart),
  ]
  return between(corners)
}

type Apart = (a: number, b: number) => number

/** The links that are level where they can be: from box to box and from waypoint to waypoint first, and
 * none that crosses one between waypoints. */
function straight({ layers, before, after }: Net, isWaypoint: (at: number) => boolean): Net {
  const place = new Int32Array(after.length)
  const depth = new Int32Array(after.length)
  for (const [layer, all] of layers.entries()) {
    for (const [index, at] of all.entries()) {
      place[at] = index
      depth[at] = layer
    }
  }
  const isNext = (from: number, to: number) => (depth[to] ?? 0) - (depth[from] ?? 0) === 1
  const isAlike = (a: number, b: number) => isWaypoint(a) === isWaypoint(b)
  const hasAlike = (at: number, near: number[][]) => (near[at] ?? []).some(to => isAlike(at, to))
  const lines = layers.map(all =>
    all
      .filter(isWaypoint)
      .flatMap(from =>
        (after[from] ?? [])
          .filter(isWaypoint)
          .map(to => [place[from] ?? 0, place[to] ?? 0] as const),
      ),
  )
  const isStraight = (from: number, to: number): boolean => {
    if (!isNext(from, to)) return false
    if (!isAlike(from, to)) if (hasAlike(from, after) || hasAlike(to, before)) return false
    if (isWaypoint(from) && isWaypoint(to)) return true
    const [above, below] = [place[from] ?? 0, place[to] ?? 0]
    return !lines[depth[from] ?? 0]?.some(([a, b]) => (a - above) * (b - below) < 0)
  }
  const byPlace = (a: number, b: number) => (place[a] ?? 0) - (place[b] ?? 0)
  return {
    layers,
    before: before.map((all, to) => all.filter(from => isStraight(from, to)).sort(byPlace)),
    after: after.map((all, from) => all.filter(to => isStraight(from, to)).sort(byPlace)),
    routes: [],
  }
}

/** As high up as can be. */
function high(layers: number[][], near: number[][], apart: Apart): Float64Array {
  const block = blocks(layers, near)
  const below = block.map((): [block: number, distance: number][] => [])
  const waits = new Uint32Array(block.length)
  for (const layer of layers) {
    for (const [index, at] of layer.slice(1).entries()) {
      const above = layer[index] ?? 0
      const own = block[at] ?? 0
      below[block[above] ?? 0]?.push([own, apart(above, at)])
      waits[own] = (waits[own] ?? 0) + 1
    }
  }
  const y = new Float64Array(block.length)
  const downward = block.filter((first, at) => first === at && waits[at] === 0)
  for (const at of downward) {
    for (const [next, distance] of below[at] ?? []) {
      y[next] = Math.max(y[next] ?? 0, (y[at] ?? 0) + distance)
      waits[next] = (waits[next] ?? 0) - 1
      if (waits[next] === 0) downward.push(next)
    }
  }
  // What has nothing above it comes down to what is below.
  for (const at of downward.toReversed()) {
    const room = (below[at] ?? []).map(([next, distance]) => (y[next] ?? 0) - distance)
    if (room.length > 0) y[at] = Math.max(y[at] ?? 0, Math.min(...room))
  }
  return y.map((_, at) => y[block[at] ?? 0] ?? 0)
}

/** As far down as can be: the same, upside down. */
function low(layers: number[][], near: number[][], apart: Apart): Float64Array {
  const turned = layers.map(layer => layer.toReversed())
  return high(
    turned,
    near.map(all => all.toReversed()),
    apart,
  ).map(y => -y)
}

/** What is level with each other, by the first one of it. */
function blocks(layers: number[][], near: number[][]): number[] {
  const place = new Int32Array(near.length)
  for (const layer of layers) layer.forEach((at, index) => (place[at] = index))
  const block = near.map((_, at) => at)
  for (const layer of layers) {
    let last = -1
    for (const at of layer) {
      const all = near[at] ?? []
      const middle = (all.length - 1) / 2
      const free = [all[Math.floor(middle)], all[Math.ceil(middle)]].find(
        each => each !== undefined && (place[each] ?? 0) > last,
      )
      if (free === undefined) continue
      block[at] = block[free] ?? free
      last = place[free] ?? 0
    }
  }
  return block
}

/** In the middle of several pictures, the others laid upon the one that needs the least room. */
function between(all: Float64Array[]): Float64Array {
  const ends = all.map(
    each =>
      [
        each.reduce((a, b) => Math.min(a, b), Infinity),
        each.reduce((a, b) => Math.max(a, b), -Infinity),
      ] as const,
  )
  const size = (at: number) => (ends[at]?.[1] ?? 0) - (ends[at]?.[0] ?? 0)
  const least = [...all.keys()].reduce((a, b) => (size(b) < size(a) ? b : a), 0)
  const shift = all.map((_, at) => {
    const side = at < all.length / 2 ? 0 : 1
    return (ends[least]?.[side] ?? 0) - (ends[at]?.[side] ?? 0)
  })
  return (all[0] ?? new Float64Array()).map((_, at) => {
    const four = all
      .map((each, index) => (each[at] ?? 0) + (shift[index] ?? 0))
      .sort((a, b) => a - b)
    return ((four[1] ?? 0) + (four[2] ?? 0)) / 2
  })
}
