/** What is asked of a layout: boxes and edges between them, by position; nothing of what they mean. */
export interface Task {
  sizes: Size[]
  edges: (readonly [source: number, target: number])[]
  direction: Direction
}

export interface Size {
  width: number
  height: number
}

/** Left to right, or top to bottom. */
export type Direction = 'right' | 'down'

/** How edges go: in curves, or along the page and down it. */
export type Lines = 'curved' | 'square'

export interface Spot {
  x: number
  y: number
}

/** Where everything is, from the top left. */
export interface Laid extends Size {
  spots: Spot[]
  /** For each edge the points at which it bends, ends included. Empty: it goes straight. */
  bends: Spot[][]
}

export const GAP = { node: 20, layer: 44, steep: 96, row: 80 }

/** Nodes up to which the thorough layout answers while somebody waits. */
export const THOROUGH = 250

export function isThorough(task: Task): boolean {
  return task.sizes.length <= THOROUGH && task.edges.length <= 3 * THOROUGH
}

/** Lay out top to bottom by whoever can only do it left to right. */
export function turned(task: Task, lay: (task: Task) => Laid): Laid {
  if (task.direction === 'right') return lay(task)
  const laid = lay({ ...task, direction: 'right', sizes: task.sizes.map(turn) })
  const { width, height } = turn(laid)
  return { width, height, spots: laid.spots.map(flip), bends: laid.bends.map(all => all.map(flip)) }
}

const turn = ({ width, height }: Size): Size => ({ width: height, height: width })
const flip = ({ x, y }: Spot): Spot => ({ x: y, y: x })

/** Equal tasks have equal names: what was laid out once is not laid out again. */
export function nameOf(task: Task): string {
  const sizes = task.sizes.map(({ width, height }) => `${width}x${height}`).join()
  return `${task.direction};${sizes};${task.edges.join(';')}`
}
