import { memo } from 'react'
import type { Column } from './column'
import classes from './DataTable.module.css'

interface RowProps<T> {
  id: string
  place: number
  row: T
  columns: readonly Column<T>[]
  isChosen: boolean
  /** By id; it has to stay the same, as all others: what a row shows is made when one changes. */
  onToggle: ((id: string) => void) | undefined
  opens: boolean
}

/** A line of a `DataTable`. */
export const Row = memo(function Row<T>(props: RowProps<T>) {
  const { id, place, row, columns, isChosen, onToggle, opens } = props
  return (
    <tr
      data-place={place}
      data-chosen={isChosen || undefined}
      data-opens={opens || undefined}
      aria-rowindex={place + 1}
      aria-selected={onToggle ? isChosen : undefined}
    >
      {onToggle && (
        <td className={classes.choice}>
          <input
            type="checkbox"
            aria-label="Choose"
            checked={isChosen}
            onChange={() => onToggle(id)}
          />
        </td>
      )}
      {columns.map(column => (
        <td key={column.id} data-end={column.atEnd}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}) as <T>(props: RowProps<T>) => React.ReactNode

/** The place of the row that a click opens; null: it was about something in the row. */
export function placeOpened(target: EventTarget): number | null {
  if (!(target instanceof Element) || hasSelectedText()) return null
  if (target.closest('a, button, input, label')) return null
  const place = target.closest('tr')?.dataset['place']
  return place === undefined ? null : Number(place)
}

/** Whoever marks text does not want to leave. */
function hasSelectedText(): boolean {
  return (getSelection()?.toString() ?? '') !== ''
}
