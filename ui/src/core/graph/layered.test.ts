import ELK from 'elkjs/lib/elk.bundled.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromElk, toElk } from './elk'
import { layered } from './layered'
import { GAP, turned, type Direction, type Laid, type Spot, type Task } from './layout'
import { pathThrough } from './path'
import type { Area } from './tiles'

type Edge = Task['edges'][number]

const SIZE = { width: 200, height: 44 }

function task(count: number, edges: Edge[], more: Partial<Task> = {}): Task {
  return { direction: 'right', sizes: Array.from({ length: count }, () => SIZE), edges, ...more }
}

const lay = (asked: Task) => turned(asked, layered)

/** The very geometry that a browser draws, in short steps. */
function drawn(path: string): Spot[] {
  const points: Spot[] = []
  for (const [, letter, numbers = ''] of path.matchAll(/([MLCQ])([^MLCQ]+)/g)) {
    const [from] = points.slice(-1)
    const given = numbers.trim().split(/[ ,]/).map(Number)
    const rest = given.flatMap((x, at) => (at % 2 ? [] : [{ x, y: given[at + 1]! }]))
    if (letter === 'M' || !from) points.push(...rest)
    else for (let step = 1; step <= 40; step++) points.push(bezier([from, ...rest], step / 40))
  }
  return points
}

function bezier(points: Spot[], at: number): Spot {
  const [first] = points
  if (points.length === 1) return first!
  const next = points.slice(1).map((b, index) => {
    const a = points[index]!
    return { x: a.x + (b.x - a.x) * at, y: a.y + (b.y - a.y) * at }
  })
  return bezier(next, at)
}

const boxesOf = (asked: Task, { spots }: Laid): Area[] =>
  spots.map((spot, at) => ({ ...spot, ...asked.sizes[at]! }))

/** Nearer than rounding explains. */
const isInside = ({ x, y }: Spot, box: Area) =>
  x > box.x + 0.5 && x < box.x + box.width - 0.5 && y > box.y + 0.5 && y < box.y + box.height - 0.5

const isAt = (a: Spot, b: Spot) => Math.hypot(a.x - b.x, a.y - b.y) < 0.2

/** Where an edge leaves a box, and where it arrives at one. */
const doors = ({ x, y, width, height }: Area, direction: Direction): [Spot, Spot] =>
  direction === 'right'
    ? [{ x: x + width, y: y + height / 2 }, { x, y: y + height / 2 }]
    : [{ x: x + width / 2, y: y + height }, { x: x + width / 2, y }] // prettier-ignore

const sizes = fc.oneof(
  { weight: 3, arbitrary: fc.constant(SIZE) },
  fc.record({
    width: fc.integer({ min: 40, max: 600 }),
    height: fc.integer({ min: 28, max: 400 }),
  }),
)

/** Graphs whose edges all lead from what was written before to what was written after. */
const graphs: fc.Arbitrary<Task> = fc
  .record({
    direction: fc.constantFrom('right' as const, 'down' as const),
    sizes: fc.array(sizes, { minLength: 1, maxLength: 60 }),
    seeds: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 120 }),
  })
  .map(({ direction, sizes, seeds }) => {
    const pairs = seeds.flatMap(([a, b]): Edge[] => {
      const target = a % sizes.length
      return target > 0 ? [[b % target, target]] : []
    })
    const edges = [...new Map(pairs.map(edge => [edge.join(), edge])).values()]
    return { direction, sizes, edges }
  })

describe('any graph', () => {
  const holds = (check: (asked: Task, laid: Laid) => void) =>
    fc.assert(
      fc.property(graphs, asked => check(asked, lay(asked))),
      { numRuns: 150 },
    )

  it('has no boxes that overlap, and all of them in its picture', () => {
    holds((asked, laid) => {
      const boxes = boxesOf(asked, laid)
      for (const [at, a] of boxes.entries()) {
        expect(Math.min(a.x, a.y)).toBeGreaterThan(-0.01)
        expect(a.x + a.width).toBeLessThan(laid.width + 0.01)
        expect(a.y + a.height).toBeLessThan(laid.height + 0.01)
        for (const b of boxes.slice(at + 1)) {
          const across = Math.max(a.x - b.x - b.width, b.x - a.x - a.width)
          const down = Math.max(a.y - b.y - b.height, b.y - a.y - a.height)
          expect(Math.max(across, down)).toBeGreaterThan(GAP.node - 0.01)
        }
      }
    })
  })

  it('has edges that begin and end at their boxes and cross no other one', () => {
    holds((asked, laid) => {
      const boxes = boxesOf(asked, laid)
      for (const [at, [source, target]] of asked.edges.entries()) {
        const bends = laid.bends[at]!
        if (bends.length === 0) continue // it is folded
        const way = drawn(pathThrough(bends, asked.direction))
        expect(isAt(way[0]!, doors(boxes[source]!, asked.direction)[0])).toBe(true)
        expect(isAt(way.at(-1)!, doors(boxes[target]!, asked.direction)[1])).toBe(true)
        for (const point of way) {
          expect(point.x > -0.1 && point.x < laid.width + 0.1).toBe(true)
          expect(point.y > -0.1 && point.y < laid.height + 0.1).toBe(true)
          expect(boxes.some(box => isInside(point, box))).toBe(false)
        }
      }
    })
  })

  it('is laid out the same again', () => {
    holds((asked, laid) => {
      expect(lay(structuredClone(asked))).toEqual(laid)
    })
  })

  it('has hardly more lines that cross than elk makes', { timeout: 30_000 }, async () => {
    const elk = new ELK()
    let [own, its] = [0, 0]
    for (let seed = 1; seed <= 20; seed++) {
      const asked = connected(seed)
      own += crossings(lay(asked))
      its += crossings(fromElk(await elk.layout(toElk(asked))))
    }
    expect(its).toBeGreaterThan(100)
    expect(own / its).toBeLessThan(1.3) // over 40 of them it was 0.77
  })
})

/** A graph in one piece, of which most edges are short. */
function connected(seed: number): Task {
  let state = seed
  const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
  for (let warm = 0; warm < 9; warm++) random()
  const count = 5 + Math.floor(random() * 50)
  const edges: Edge[] = []
  for (let target = 1; target < count; target++) {
    const sources = new Set([Math.max(0, target - 1 - Math.floor(random() * 6))])
    while (random() < 0.35) sources.add(Math.floor(random() * target))
    edges.push(...[...sources].map((source): Edge => [source, target]))
  }
  return task(count, edges)
}

/** How many lines change places between two columns that are beside each other. */
function crossings({ spots, bends }: Laid): number {
  const columns = [...new Set(spots.map(({ x }) => Math.round(x)))].sort((a, b) => a - b)
  const heights = bends.map(points =>
    columns.map(left => {
      const x = left + SIZE.width / 2
      const [first, last] = [points[0]!, points.at(-1)!]
      if (Math.abs(first.x - left - SIZE.width) < 1) return first.y
      if (Math.abs(last.x - left) < 1) return last.y
      return points.find((point, at) => at > 0 && points[at - 1]!.x <= x && x <= point.x)?.y
    }),
  )
  let found = 0
  for (const column of columns.keys()) {
    const lines = new Map<string, [number, number]>()
    for (const each of heights) {
      const [a, b] = [each[column], each[column + 1]]
      if (a !== undefined && b !== undefined) lines.set(`${a.toFixed(1)} ${b.toFixed(1)}`, [a, b])
    }
    const all = [...lines.values()]
    for (const [at, [a, b]] of all.entries())
      found += all.slice(at + 1).filter(([c, d]) => (a - c) * (b - d) < -0.01).length
  }
  return found
}

describe('edges that pass layers', () => {
  const middle = ({ spots }: Laid, at: number) => spots[at]!.y + SIZE.height / 2

  it('go past a diamond', () => {
    const asked = task(4, [[0, 1], [0, 2], [1, 3], [2, 3], [0, 3]]) // prettier-ignore
    const laid = lay(asked)
    expect(middle(laid, 0)).toBe(middle(laid, 3))
    expect(middle(laid, 0)).toBe((middle(laid, 1) + middle(laid, 2)) / 2)
    const level = laid.bends[4]![2]!.y
    expect(level).toBeGreaterThan(laid.spots[2]!.y + SIZE.height)
    expect(laid.height).toBe(level)
  })

  it('leave a chain level, and are level beside it', () => {
    const laid = lay(task(5, [[0, 1], [1, 2], [2, 3], [3, 4], [0, 4]])) // prettier-ignore
    expect(new Set(laid.spots.map(({ y }) => y)).size).toBe(1)
    expect(laid.bends.slice(0, 4).map(points => points.length)).toEqual([2, 2, 2, 2])
    const [start, left, right, end] = laid.bends[4]!
    expect([start!.y, left!.y]).toEqual([end!.y, right!.y])
    expect(left!.y - start!.y).toBe(SIZE.height / 2 + 16)
  })

  it('go together as far as they have the same way', () => {
    const laid = lay(task(5, [[0, 1], [1, 2], [2, 3], [3, 4], [0, 2], [0, 3], [0, 4]])) // prettier-ignore
    const [two, three, four] = laid.bends.slice(4)
    const level = (points: Spot[] | undefined) => points![1]
    expect(level(two)).toEqual(level(three))
    expect(level(three)).toEqual(level(four))
  })

  it('have their source not further ahead than it has to be', () => {
    const { spots, bends } = lay(task(4, [[0, 1], [1, 2], [3, 2]])) // prettier-ignore
    expect(spots[3]!.x).toBe(spots[1]!.x)
    expect(bends[2]).toHaveLength(2)
  })

  it('go back where boxes are in a circle', () => {
    const laid = lay(task(3, [[0, 1], [1, 2], [2, 0]])) // prettier-ignore
    expect(laid.spots.map(({ x }) => x)).toEqual([0, 244, 488])
    const back = laid.bends[2]!
    expect([back[0]!.x, back.at(-1)!.x]).toEqual([488, 200])
    expect(back[1]!.y).toBeGreaterThan(SIZE.height)
  })

  it('go straight where there would be too many waypoints', () => {
    const chain = Array.from({ length: 249 }, (_, at): Edge => [at, at + 1])
    const past = (count: number) => Array.from({ length: count }, (_, at): Edge => [at, at + 200])
    expect(lay(task(250, [...chain, ...past(10)])).bends.every(points => points.length > 1)).toBe(true) // prettier-ignore
    expect(lay(task(250, [...chain, ...past(50)])).bends.flat()).toEqual([])
  })
})
