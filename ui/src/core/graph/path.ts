import type { Direction, Spot } from './layout'

const RADIUS = 8

/** A way through points, as SVG writes it: a curve between two of them, round corners between more. */
export function pathThrough(points: readonly Spot[], direction: Direction): string {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  if (points.length === 2) return curve(first, last, direction)
  const corners = points.slice(1, -1).map((corner, at) => {
    const before = toward(corner, points[at] ?? corner)
    const after = toward(corner, points[at + 2] ?? corner)
    return `L${print(before)}Q${print(corner)} ${print(after)}`
  })
  return `M${print(first)}${corners.join('')}L${print(last)}`
}

function curve(a: Spot, b: Spot, direction: Direction): string {
  const [dx, dy] = direction === 'right' ? [(b.x - a.x) / 2, 0] : [0, (b.y - a.y) / 2]
  return `M${print(a)}C${print({ x: a.x + dx, y: a.y + dy })} ${print({ x: b.x - dx, y: b.y - dy })} ${print(b)}`
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
