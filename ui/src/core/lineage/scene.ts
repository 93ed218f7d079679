import type { Laid, Size, Spot, Task } from '../graph/layout'
import { fitting, type View } from '../graph/view'
import type { Trail, TrailNode, Use } from './trail'

export interface TrailBox<U extends Use = Use> extends Size, Spot {
  id: string
  node: TrailNode<U>
}

export interface TrailWire {
  id: string
  source: string
  target: string
  points: Spot[]
  names: string[]
}

/** A trail, laid out. */
export interface TrailScene<U extends Use = Use> extends Size {
  boxes: TrailBox<U>[]
  wires: TrailWire[]
}

const VALUE: Size = { width: 192, height: 44 }
const RUN: Size = { width: 168, height: 44 }

const sizeOf = (node: TrailNode) => (node.kind === 'value' ? VALUE : RUN)

/** What is asked of the layout. */
export function taskOf(trail: Trail, direction: Task['direction']): Task {
  return {
    sizes: trail.nodes.map(sizeOf),
    edges: trail.edges.map(({ source, target }) => [source, target] as const),
    direction,
  }
}

/** What the layout has made of it. */
export function sceneOf<U extends Use>(
  trail: Trail<U>,
  laid: Laid,
  direction: Task['direction'],
): TrailScene<U> {
  const boxes = trail.nodes.map((node, at): TrailBox<U> => {
    const { x, y } = laid.spots[at] ?? { x: 0, y: 0 }
    return { id: node.id, node, x, y, ...sizeOf(node) }
  })
  const wires = trail.edges.flatMap(({ source, target, names }, at): TrailWire[] => {
    const [from, to] = [boxes[source], boxes[target]]
    if (!from || !to) return []
    const bends = laid.bends[at] ?? []
    const points = bends.length > 0 ? bends : straight(from, to, direction)
    return [{ id: `${from.id} ${to.id}`, source: from.id, target: to.id, points, names }]
  })
  return { boxes, wires, width: laid.width, height: laid.height }
}

function straight(from: TrailBox, to: TrailBox, direction: Task['direction']): Spot[] {
  return direction === 'right'
    ? [
        { x: from.x + from.width, y: from.y + from.height / 2 },
        { x: to.x, y: to.y + to.height / 2 },
      ]
    : [
        { x: from.x + from.width / 2, y: from.y + from.height },
        { x: to.x + to.width / 2, y: to.y },
      ]
}

/** Below it a picture is too small to be read, though names are written larger. */
const READABLE = 0.4
const NEAR = 0.85
const MARGIN = 28

/** The view in which all of it can be seen. */
export function wholeView(scene: Size, screen: Size): View {
  return fitting({ x: 0, y: 0, ...scene }, screen)
}

/** The first view: all of it where that can be read; else what was asked for in the middle, and no
 * more room beside the picture than there has to be.
 */
export function firstView({ boxes, width, height }: TrailScene, screen: Size): View {
  const whole = wholeView({ width, height }, screen)
  const asked = boxes.find(({ node }) => node.kind === 'value' && node.isAsked)
  if (whole.zoom >= READABLE || !asked) return whole
  const along = (at: number, length: number, all: number, room: number) => {
    const free = room - all * NEAR
    if (free >= 2 * MARGIN) return free / 2
    const centred = room / 2 - (at + length / 2) * NEAR
    return Math.min(MARGIN, Math.max(free - MARGIN, centred))
  }
  return {
    zoom: NEAR,
    x: along(asked.x, asked.width, width, screen.width),
    y: along(asked.y, asked.height, height, screen.height),
  }
}
