import { cellGrid } from './cells'
import type { Direction, Laid, Size, Spot, Task } from './layout'
import { itemsOf, type Inside, type InsideBranch, type Item, type Part } from './outline'
import type { GraphEdge } from './shape'

/** What is drawn where. Positions are absolute; groups come before what is in them. */
export interface Scene extends Size {
  boxes: Box[]
  wires: Wire[]
}

export interface Box extends Size, Spot {
  key: string
  look: 'node' | 'group' | 'cells' | 'choice' | 'condition' | 'fails' | 'note'
  /** What it shows; of the boxes of a branch: the branch. */
  item: Item | null
  /** Of those that have no item of their own. */
  text: string
  /** Of what is in an arm of a branch: the keys of the branch and the arm's number, for fading. */
  arm: InArm | null
}

export interface InArm {
  branch: string
  index: number
  /** The branch may itself be in one. */
  outer: InArm | null
}

export interface Wire {
  key: string
  source: string
  target: string
  data: GraphEdge['data']
  /** It only says what comes first. */
  orderOnly: boolean
  points: Spot[]
  arm: InArm | null
}

export const NODE: Size = { width: 200, height: 44 }
export const HEADER = 40
export const PADDING = 16
const CHOICE: Size = { width: 40, height: 40 }
const LETTER = 9
const CONDITION: Size = { width: 240, height: 28 }

export interface Options {
  direction: Direction
  lay: (task: Task) => Laid | Promise<Laid>
  /** How many elements a map has; null: not known yet. */
  length: (item: Item) => number | null
}

/** The scene of an outline. Only what changed since the last one is laid out again, if `lay`
 * remembers. */
export async function compose(inside: Inside, options: Options): Promise<Scene> {
  return blockOf(inside, null, 'root', null, options)
}

/** A part of a scene with its own origin. */
type Block = Scene

async function blockOf(
  inside: Inside,
  owner: Item | null,
  key: string,
  arm: InArm | null,
  options: Options,
): Promise<Block> {
  switch (inside.kind) {
    case 'graph':
      return graphBlock(inside, key, arm, options, inside.omitted)
    case 'branch':
      return branchBlock(inside, owner, key, arm, options)
    case 'map':
      return mapBlock(inside.element, owner, key, arm, options)
    case 'loading':
      return noteBlock(`${key}/loading`, inside.failed || 'loading …', arm)
  }
}

/** Something to be placed: a block, and the box or item that edges refer to by `id`. */
interface Piece {
  id: string
  key: string
  block: Block
}

async function graphBlock(
  part: Part,
  key: string,
  arm: InArm | null,
  options: Options,
  omitted: number,
): Promise<Block> {
  const pieces = await piecesOf(part.items, arm, options)
  if (omitted > 0) {
    const note = `and ${omitted.toLocaleString('en')} more that are not drawn`
    pieces.push(single(`${key}/omitted`, `${key}/omitted`, 'note', note, NODE, null, arm))
  }
  if (!pieces.length) return noteBlock(`${key}/empty`, 'nothing inside', arm)
  return arrange(pieces, part.edges, key, arm, options)
}

async function piecesOf(items: Item[], arm: InArm | null, options: Options): Promise<Piece[]> {
  const pieces = new Array<Piece>(items.length)
  const open: Promise<void>[] = []
  items.forEach((item, at) => {
    const { id } = item.node
    if (item.inside) {
      const grouped = groupBlock(item, item.inside, arm, options)
      open.push(
        grouped.then(block => {
          pieces[at] = { id, key: item.key, block }
        }),
      )
    } else pieces[at] = single(id, item.key, 'node', '', NODE, item, arm)
  })
  await Promise.all(open)
  return pieces
}

function single(
  id: string,
  key: string,
  look: Box['look'],
  text: string,
  size: Size,
  item: Item | null,
  arm: InArm | null,
): Piece {
  const box: Box = { key, look, item, text, x: 0, y: 0, ...size, arm }
  return { id, key, block: { ...size, boxes: [box], wires: [] } }
}

/** An open node: a frame with a header around what is inside. */
async function groupBlock(
  item: Item,
  inside: Inside,
  arm: InArm | null,
  options: Options,
): Promise<Block> {
  const inner = await blockOf(inside, item, item.key, arm, options)
  const width = Math.max(NODE.width + 60, inner.width + 2 * PADDING)
  const height = HEADER + inner.height + PADDING
  const frame: Box = {
    key: item.key,
    look: 'group',
    item,
    text: '',
    x: 0,
    y: 0,
    width,
    height,
    arm,
  }
  const block: Block = { width, height, boxes: [frame], wires: [] }
  add(block, inner, { x: PADDING, y: HEADER })
  return block
}

async function branchBlock(
  branch: InsideBranch,
  owner: Item | null,
  key: string,
  arm: InArm | null,
  options: Options,
): Promise<Block> {
  const choice = `${key}/choice`
  const pieces = [single(choice, choice, 'choice', '', CHOICE, owner, arm)]
  const edges: GraphEdge[] = []
  const guides: Guide[] = []
  for (const [index, each] of branch.arms.entries()) {
    const within: InArm = { branch: key, index, outer: arm }
    const condition = `${key}/if${index}`
    const text = each.condition === 'else' ? 'else' : `if ${each.condition}`
    pieces.push(single(condition, condition, 'condition', text, pill(text), owner, within))
    guides.push({ source: choice, target: condition })
    if (each.fails !== null) {
      const end = `${key}/fails${index}`
      pieces.push(single(end, end, 'fails', each.fails, NODE, owner, within))
      guides.push({ source: condition, target: end })
    }
    pieces.push(...(await piecesOf(each.items, within, options)))
    guides.push(...beginnings(each).map(target => ({ source: condition, target })))
    edges.push(...each.edges)
  }
  return arrange(pieces, [...guides, ...edges], key, arm, options)
}

/** From a condition to what it decides about: drawn like an edge, and nobody's data. */
type Guide = Pick<GraphEdge, 'source' | 'target'>

function pill(text: string): Size {
  return { ...CONDITION, width: Math.min(CONDITION.width, Math.ceil(text.length * LETTER) + 24) }
}

/** Ids of the nodes of a part that wait for none of the others. */
function beginnings(part: Part): string[] {
  const waiting = new Set(part.edges.map(edge => edge.target))
  return part.items.map(item => item.node.id).filter(id => !waiting.has(id))
}

async function mapBlock(
  element: Item | null,
  owner: Item | null,
  key: string,
  arm: InArm | null,
  options: Options,
): Promise<Block> {
  const { width, height } = cellGrid((owner && options.length(owner)) ?? 0)
  const cells = single(`${key}/cells`, `${key}/cells`, 'cells', '', { width, height }, owner, arm)
  if (!element?.inside) return cells.block
  const block = cells.block
  const inner = await groupBlock(element, element.inside, arm, options)
  add(block, inner, { x: 0, y: block.height + PADDING })
  block.width = Math.max(block.width, inner.width)
  block.height += PADDING + inner.height
  return block
}

function noteBlock(key: string, text: string, arm: InArm | null): Block {
  return single(key, key, 'note', text, NODE, null, arm).block
}

/** Place pieces by their edges, and draw these. Edges of a scope that is cut off lead nowhere. */
async function arrange(
  pieces: Piece[],
  all: (GraphEdge | Guide)[],
  key: string,
  arm: InArm | null,
  options: Options,
): Promise<Block> {
  const position = new Map(pieces.map(({ id }, at) => [id, at]))
  const edges = all.filter(({ source, target }) => position.has(source) && position.has(target))
  const at = (id: string) => position.get(id) ?? 0
  const laid = await options.lay({
    direction: options.direction,
    sizes: pieces.map(({ block: { width, height } }) => ({ width, height })),
    edges: edges.map(({ source, target }) => [at(source), at(target)] as const),
  })
  const whole: Block = { width: laid.width, height: laid.height, boxes: [], wires: [] }
  pieces.forEach((piece, index) => add(whole, piece.block, laid.spots[index] ?? { x: 0, y: 0 }))
  const wires = edges.flatMap((edge, index): Wire[] => {
    const [from, to] = [pieces[at(edge.source)], pieces[at(edge.target)]]
    if (!from || !to) return []
    const bends = laid.bends[index] ?? []
    return [
      {
        key: `${key}>${edge.source}>${edge.target}`,
        source: from.key,
        target: to.key,
        data: 'data' in edge ? edge.data : [],
        orderOnly: 'data' in edge && edge.data.length === 0,
        points: bends.length ? bends : straight(from, to, at, laid, options),
        arm: to.block.boxes[0]?.arm ?? arm,
      },
    ]
  })
  whole.wires.push(...wires)
  return whole
}

/** From the middle of one side to the middle of the other. */
function straight(
  from: Piece,
  to: Piece,
  at: (id: string) => number,
  laid: Laid,
  { direction }: Options,
): Spot[] {
  const a = laid.spots[at(from.id)] ?? { x: 0, y: 0 }
  const b = laid.spots[at(to.id)] ?? { x: 0, y: 0 }
  return direction === 'right'
    ? [
        { x: a.x + from.block.width, y: a.y + from.block.height / 2 },
        { x: b.x, y: b.y + to.block.height / 2 },
      ]
    : [
        { x: a.x + from.block.width / 2, y: a.y + from.block.height },
        { x: b.x + to.block.width / 2, y: b.y },
      ]
}

/** Put a block into another one at a spot. */
function add(into: Block, block: Block, { x, y }: Spot): void {
  for (const box of block.boxes) into.boxes.push({ ...box, x: box.x + x, y: box.y + y })
  for (const wire of block.wires) {
    const points = wire.points.map(point => ({ x: point.x + x, y: point.y + y }))
    into.wires.push({ ...wire, points })
  }
}

/** Whether an outline has anything to draw. */
export function isEmpty(inside: Inside): boolean {
  return inside.kind === 'graph' && itemsOf(inside).length === 0
}
