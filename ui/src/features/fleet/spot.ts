import type { KeyboardEvent, MouseEvent } from 'react'

/** A cell of the grid; row -1 has the executions themselves. */
export interface Spot {
  row: number
  column: number
}

/** How many rows and columns there are. */
export interface Extent {
  rows: number
  columns: number
}

/** The cell under the pointer; null: it is beside them. */
export function spotUnder({ target, clientX }: MouseEvent, columns: number): Spot | null {
  const cells = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null
  if (!cells) return null
  const { left, width } = cells.getBoundingClientRect()
  const column = Math.floor(((clientX - left) / width) * columns)
  return { row: Number(cells.dataset['row']), column: within(column, 0, columns - 1) }
}

const STEPS: Partial<Record<string, readonly [down: number, along: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** The cell that a key leads to; null: the key leads nowhere. Who begins, begins at the newest
 * execution. */
export function spotAfter(
  { key }: KeyboardEvent,
  spot: Spot | null,
  { rows, columns }: Extent,
): Spot | null {
  const step = STEPS[key]
  if (!step) return null
  if (!spot) return { row: -1, column: columns - 1 }
  return {
    row: within(spot.row + step[0], -1, rows - 1),
    column: within(spot.column + step[1], 0, columns - 1),
  }
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}

export function isSame(a: Spot | null, b: Spot | null): boolean {
  return a?.row === b?.row && a?.column === b?.column
}
