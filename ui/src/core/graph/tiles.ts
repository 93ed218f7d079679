/** A rectangle. */
export interface Area {
  x: number
  y: number
  width: number
  height: number
}

/** The side of the smallest squares. */
const SIDE = 1024
/** So many squares lie beside each other, half of them on either side of the middle. */
const SQUARES = 2 ** 20

/**
 * Finds what is in a part of a large plane. There are squares of several sizes, each twice as large
 * as the one before, and each thing is kept with those that are just larger than itself: so it
 * touches few of them, however large it is. They are filled when a part is asked for first: all of it
 * needs none.
 */
export class Tiles<T> {
  private readonly whole: Area
  private squares: Map<number, T[]> | null = null
  private readonly levels = new Set<number>()

  constructor(
    private readonly things: readonly T[],
    private readonly areaOf: (thing: T) => Area,
  ) {
    this.whole = around(things.map(areaOf))
  }

  /** What touches an area; at most so much of it. */
  in(area: Area, most = Infinity): T[] {
    if (holds(area, this.whole)) return this.things.slice(0, most)
    const squares = (this.squares ??= this.filled())
    const found = new Set<T>()
    for (const level of this.levels) {
      for (const square of squaresOf(area, level)) {
        for (const thing of squares.get(square) ?? []) {
          if (touch(this.areaOf(thing), area)) found.add(thing)
          if (found.size >= most) return [...found]
        }
      }
    }
    return [...found]
  }

  private filled(): Map<number, T[]> {
    const squares = new Map<number, T[]>()
    for (const thing of this.things) {
      const area = this.areaOf(thing)
      const level = levelOf(area)
      this.levels.add(level)
      for (const square of squaresOf(area, level)) {
        const there = squares.get(square)
        if (there) there.push(thing)
        else squares.set(square, [thing])
      }
    }
    return squares
  }
}

function levelOf({ width, height }: Area): number {
  return Math.max(0, Math.ceil(Math.log2(Math.max(width, height, 1) / SIDE)))
}

/** The numbers of the squares that an area touches. */
function* squaresOf({ x, y, width, height }: Area, level: number): Generator<number> {
  const side = SIDE * 2 ** level
  for (let column = Math.floor(x / side); column * side <= x + width; column++) {
    for (let row = Math.floor(y / side); row * side <= y + height; row++)
      yield ((level + 0.5) * SQUARES + column + 0.5) * SQUARES + row
  }
}

export function touch(a: Area, b: Area): boolean {
  return (
    a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
  )
}

function holds(a: Area, b: Area): boolean {
  return (
    a.x <= b.x && a.y <= b.y && b.x + b.width <= a.x + a.width && b.y + b.height <= a.y + a.height
  )
}

/** The smallest area around points, or around areas. */
export function around(areas: readonly (Pick<Area, 'x' | 'y'> & Partial<Area>)[]): Area {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y, width = 0, height = 0 } of areas) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + width)
    bottom = Math.max(bottom, y + height)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}
