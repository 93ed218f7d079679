import type { Size } from './layout'
import type { PhaseName } from './shape'

/** The phases of cells by number. */
const PHASES: readonly PhaseName[] = [
  'PENDING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'SKIPPED',
  'ABORTED',
]

/** The worse, the sooner a cell that stands for several elements shows it. */
const WORST = [1, 3, 0, 5, 2, 4]

const PHASE_BITS = 7
const CACHED = 8
const RECOVERED = 16

export function phaseOf(cell: number): PhaseName {
  return PHASES[cell & PHASE_BITS] ?? 'PENDING'
}

export function isReused(cell: number): boolean {
  return (cell & (CACHED | RECOVERED)) !== 0
}

/** The elements of a map as bytes. */
export function decodeCells(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
}

/** Positions of the elements that are in one of these phases; no phase: all of them. */
export function pick(cells: Uint8Array, phases: ReadonlySet<PhaseName>): Uint32Array {
  const picked: number[] = []
  for (const [at, cell] of cells.entries()) {
    if (phases.size === 0 || phases.has(phaseOf(cell))) picked.push(at)
  }
  return Uint32Array.from(picked)
}

/** How cells are drawn: so large that all of them fit. */
export interface Grid extends Size {
  /** From one cell to the next. */
  step: number
  /** Its side; the rest is the gap. */
  side: number
  columns: number
  rows: number
  /** How many elements one cell stands for. */
  each: number
}

export const CELLS_WIDTH = 448
const MOST_HEIGHT = 288
const LEAST_HEIGHT = 28
const STEPS = [16, 14, 12, 10, 8, 6, 5, 4]

/** The grid of a number of elements, in the width and height that the opened map has for it. */
export function fit(count: number, { width, height }: Size): Grid {
  for (const step of STEPS) {
    const grid = gridOf(count, step, 1, width)
    if (grid.height <= height) return grid
  }
  const step = STEPS.at(-1) ?? 4
  const room = Math.floor(width / step) * Math.floor(height / step)
  return gridOf(count, step, Math.ceil(count / room), width)
}

function gridOf(count: number, step: number, each: number, width: number): Grid {
  const columns = Math.floor(width / step)
  const rows = Math.max(1, Math.ceil(Math.ceil(count / each) / columns))
  const side = step - (step > 5 ? 2 : 1)
  return { step, side, columns, rows, each, width: columns * step, height: rows * step }
}

/** Room above the cells for the phases to choose from. */
export const FILTER = 36

/** The size of an opened map's grid, from the number of its elements alone: it never changes. */
export function cellGrid(length: number): Size {
  const { height } = fit(length, { width: CELLS_WIDTH, height: MOST_HEIGHT })
  return { width: CELLS_WIDTH, height: FILTER + Math.max(LEAST_HEIGHT, height) }
}

/** Where on the grid a cell is. */
export function cellSpot(grid: Grid, cell: number): { x: number; y: number } {
  return { x: (cell % grid.columns) * grid.step, y: Math.floor(cell / grid.columns) * grid.step }
}

/** The cell at a spot; null: beside them. */
export function cellAt(grid: Grid, count: number, x: number, y: number): number | null {
  const column = Math.floor(x / grid.step)
  const row = Math.floor(y / grid.step)
  if (column < 0 || column >= grid.columns || row < 0) return null
  const cell = row * grid.columns + column
  return cell * grid.each < count ? cell : null
}

/** The byte that a cell shows: that of its element, or of the worst of several. */
export function shown(cells: Uint8Array, picked: Uint32Array, grid: Grid, cell: number): number {
  const end = Math.min(picked.length, (cell + 1) * grid.each)
  let worst = 0
  let rank = -1
  for (let at = cell * grid.each; at < end; at++) {
    const value = cells[picked[at] ?? 0] ?? 0
    const its = WORST[value & PHASE_BITS] ?? 0
    if (its > rank) {
      worst = value
      rank = its
    }
  }
  return worst
}
