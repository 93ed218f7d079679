import type { Net } from './net'

const SWEEPS = 4

/** The layers of a net, each in the order of what its boxes come from and go to. What could stand anywhere
 * stays in the order in which it was written. */
export function ordered({ layers, before, after }: Net): number[][] {
  const sweep = sweeper(layers, before.length)
  let swept = layers
  for (let turn = 0; turn < SWEEPS; turn++) {
    swept = turn % 2 ? sweep(swept.toReversed(), after).toReversed() : sweep(swept, before)
  }
  return swept
}

/** Sweeps in a row that mend nothing, after which it is enough. */
const PATIENCE = 6

/** The same, so that few lines cross. */
export function untangled({ layers, before, after }: Net): number[][] {
  let best = { layers, crossings: Infinity }
  for (const isBack of [false, true]) {
    const sweep = sweeper(layers, before.length)
    let swept = layers
    let left = PATIENCE
    for (let turn = Number(isBack); left > 0 && best.crossings > 0; turn++) {
      swept = turn % 2 ? sweep(swept.toReversed(), after).toReversed() : sweep(swept, before)
      const found = switched({ layers: swept, before, after })
      const crossings = crossingsOf(found, after)
      left--
      if (crossings >= best.crossings) continue
      best = { layers: found, crossings }
      left = PATIENCE
    }
  }
  return best.layers
}

/** Sorts each layer by where that is which it is near to, in what was sorted before it. */
function sweeper(all: number[][], count: number) {
  const rank = new Float64Array(count)
  const wanted = new Float64Array(count)
  const number = (layer: number[]) => {
    layer.forEach((at, index) => {
      rank[at] = index / layer.length
    })
  }
  all.forEach(number)
  return (layers: number[][], near: number[][]): number[][] =>
    layers.map(layer => {
      for (const at of layer) wanted[at] = mean(near[at], rank, rank[at])
      const sorted = layer.toSorted((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0))
      number(sorted)
      return sorted
    })
}

function mean(of: number[] | undefined, rank: Float64Array, otherwise = 0): number {
  if (!of?.length) return otherwise
  return of.reduce((sum, at) => sum + (rank[at] ?? 0), 0) / of.length
}

const SWITCHES = 12

/** Neighbours change places where fewer of their lines cross then. */
function switched({ layers, before, after }: Pick<Net, 'layers' | 'before' | 'after'>): number[][] {
  const found = layers.map(layer => [...layer])
  const place = placesIn(found, after.length)
  const gain = (a: number, b: number, near: number[][]): number => {
    let sum = 0
    for (const one of near[a] ?? [])
      for (const other of near[b] ?? []) sum += Math.sign((place[one] ?? 0) - (place[other] ?? 0))
    return sum
  }
  let isBetter = true
  for (let turn = 0; isBetter && turn < SWITCHES; turn++) {
    isBetter = false
    for (const layer of found) {
      for (let index = 1; index < layer.length; index++) {
        const [a = 0, b = 0] = [layer[index - 1], layer[index]]
        if (gain(a, b, before) + gain(a, b, after) <= 0) continue
        layer[index - 1] = b
        layer[index] = a
        place[a] = index
        place[b] = index - 1
        isBetter = true
      }
    }
  }
  return found
}

/** The number that each has in its layer. */
export function placesIn(layers: number[][], count: number): Int32Array {
  const place = new Int32Array(count)
  for (const layer of layers) {
    layer.forEach((at, index) => {
      place[at] = index
    })
  }
  return place
}

/** How many of the lines between neighbouring layers cross. */
function crossingsOf(layers: number[][], after: number[][]): number {
  const place = placesIn(layers, after.length)
  let crossings = 0
  for (const [at, layer] of layers.entries()) {
    // How many lines end where, each sum being kept for a stretch (Fenwick's tree).
    const ended = new Uint32Array((layers[at + 1]?.length ?? 0) + 1)
    let drawn = 0
    for (const from of layer) {
      const ends = (after[from] ?? []).map(to => (place[to] ?? 0) + 1)
      // A line crosses those of higher boxes that end further down.
      for (const end of ends) {
        crossings += drawn
        for (let sum = end; sum > 0; sum &= sum - 1) crossings -= ended[sum] ?? 0
      }
      for (const end of ends) {
        for (let sum = end; sum < ended.length; sum += sum & -sum)
          ended[sum] = (ended[sum] ?? 0) + 1
      }
      drawn += ends.length
    }
  }
  return crossings
}
