import type { ReactNode } from 'react'

/** A column of a `DataTable`. */
export interface Column<Row> {
  id: string
  /** Its heading. */
  name: string
  cell: (row: Row) => ReactNode
  /** Pixels; of one that grows, the least. */
  width: number
  /** Takes what is left. */
  grows?: boolean
  /** Its content stands at the right: numbers. */
  atEnd?: boolean
  /** Shown in a table that is at least so wide, in pixels. */
  from?: number
  /** Shown in a table that is narrower. */
  below?: number
  /** What the list is sorted by when its heading is pressed. */
  sort?: string
}

/** Those that a table of some width has room for. */
export function fitting<Row>(columns: readonly Column<Row>[], width: number): Column<Row>[] {
  return columns.filter(({ from = 0, below = Infinity }) => from <= width && width < below)
}
