import { Bars } from '@/components/runs/Bars'
import type { Bar } from '@/core/fleet/bars'
import type { ColumnTime } from '@/core/fleet/times'
import classes from './grid.module.css'

interface CellsProps {
  /** Of the row; -1: that of the executions. */
  row: number
  bars: readonly (Bar | null)[]
  height: number
  /** The columns before which there is a line. */
  turns?: readonly number[]
  /** What stands under them. */
  times?: readonly ColumnTime[]
  /** The column that is pointed at; null: none of this row. */
  at: number | null
  /** What it is, in words. */
  label: string
}

/** The cells of a row, painted: they are thousands. Only the one that is pointed at, by mouse or by
 * keys, is an element, for those who hear it. */
export function Cells({ row, bars, height, turns = [], times = [], at, label }: CellsProps) {
  const part = (columns: number) => `${(columns / bars.length) * 100}%`
  return (
    <span className={classes.cells} data-row={row}>
      <Bars of={bars} height={height} />
      {turns.map(column => (
        <span key={column} className={classes.turn} style={{ left: part(column) }} />
      ))}
      {times.map(({ column, told }) => (
        <span key={column} className={classes.time} style={{ left: part(column) }} aria-hidden>
          {told}
        </span>
      ))}
      {at !== null && (
        <span
          id={SPOT}
          role={row < 0 ? 'columnheader' : 'gridcell'}
          aria-colindex={at + 2}
          aria-label={label}
          className={classes.spot}
          style={{ left: part(at), width: part(1) }}
        />
      )}
    </span>
  )
}

/** Id of the cell that is pointed at: there is one grid on a page. */
export const SPOT = 'fleet-spot'
