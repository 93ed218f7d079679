import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { Column } from './column'
import classes from './DataTable.module.css'

/** What a list is sorted by. */
export interface Sorting {
  by: string
  isAscending: boolean
  onSort: (by: string) => void
}

interface HeadingProps<T> {
  column: Column<T>
  sorting: Sorting | undefined
}

/** The heading of a column; it sorts where the list can be sorted by it. */
export function Heading<T>({ column, sorting }: HeadingProps<T>) {
  const { name, atEnd, sort } = column
  if (!sorting || !sort) {
    return (
      <th scope="col" data-end={atEnd}>
        {name}
      </th>
    )
  }
  const isSorted = sorting.by === sort
  const Arrow = sorting.isAscending ? IconArrowUp : IconArrowDown
  const order = sorting.isAscending ? 'ascending' : 'descending'
  return (
    <th scope="col" data-end={atEnd} aria-sort={isSorted ? order : 'none'}>
      <button type="button" className={classes.sort} onClick={() => sorting.onSort(sort)}>
        {name}
        {isSorted && <Arrow size={13} aria-hidden />}
      </button>
    </th>
  )
}

interface SelectAllProps {
  isAll: boolean
  isSome: boolean
  onToggle: () => void
}

/** Chooses all rows that have come so far. */
export function SelectAll({ isAll, isSome, onToggle }: SelectAllProps) {
  return (
    <th scope="col" className={classes.choice}>
      <input
        type="checkbox"
        aria-label="Choose all"
        checked={isAll}
        ref={input => {
          if (input) input.indeterminate = isSome && !isAll
        }}
        onChange={onToggle}
      />
    </th>
  )
}
