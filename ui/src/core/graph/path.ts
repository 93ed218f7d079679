import type { Direction, Spot } from './layout'

const RADIUS = 8

/** A way through points, as SVG writes it: what goes along the page or down it is straight, with round
 * corners; between two heights it is a curve that begins and ends level. */
export function pathThrough(points: readonly Spot[], direction: Direction): string {
  const parts = points.map((point, at) => {
    const before = points[at - 1]
    if (!before) return `M${print(point)}`
    if (!isAlong(before, point)) return curve(before, point, direction)
    const after = points[at + 1]
    if (!after || !isAlong(point, after)) return `L${print(point)}`
    return `L${print(toward(point, before))}Q${print(point)} ${print(toward(point, after))}`
  })
  return parts.join('')
}

function isAlong(a: Spot, b: Spot): boolean {
  return a.x === b.x || a.y === b.y
}

/** Flat at both ends. */
function curve(a: Spot, b: Spot, direction: Direction): string {
  const [dx, dy] = direction === 'right' ? [(b.x - a.x) / 2, 0] : [0, (b.y - a.y) / 2]
  return `C${print({ x: a.x + dx, y: a.y + dy })} ${print({ x: b.x - dx, y: b.y - dy })} ${print(b)}`
}

/** The point at a corner's radius from it, and no further than half the way. */
function toward(corner: Spot, other: Spot): Spot {
  const [dx, dy] = [other.x - corner.x, other.y - corner.y]
  const length = Math.hypot(dx, dy)
  if (length === 0) return corner
  const part = Math.min(RADIUS, length / 2) / length
  return { x: corner.x + dx * part, y: corner.y + dy * part }
}

function print({ x, y }: Spot): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`
}

/** The middle of the longest straight part, and whether that goes across the page. */
export function longest(points: readonly Spot[]): Spot & { across: boolean } {
  let found = { x: 0, y: 0, across: true }
  let most = -1
  for (const [at, b] of points.slice(1).entries()) {
    const a = points[at] ?? b
    const length = Math.hypot(b.x - a.x, b.y - a.y)
    if (length <= most) continue
    most = length
    const across = Math.abs(b.x - a.x) >= Math.abs(b.y - a.y)
    found = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, across }
  }
  return found
}
