import {
  type ColumnDef,
  columnVisibilityFeature,
  rowSelectionFeature,
  type RowSelectionState,
  tableFeatures,
  type Updater,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef } from 'react'
import { type Column, fitting } from './column'
import classes from './DataTable.module.css'
import { Heading, SelectAll, type Sorting } from './Heading'
import { placeOpened, Row } from './Row'
import { useWidth } from './useWidth'

const HEIGHT = 32
const AHEAD = 20

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature })
export type Features = typeof features

/** Which rows are chosen, by their ids. */
export interface Selection {
  chosen: RowSelectionState
  onChange: (chosen: RowSelectionState) => void
}

interface DataTableProps<T extends object> {
  /** For those who hear it. */
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowId: (row: T) => string
  /** Opens a row, by mouse or Enter. */
  onOpen?: (row: T) => void
  selection?: Selection
  sorting?: Sorting
  /** More rows are wanted: the end is near. */
  onEnd?: (() => void) | undefined
  /** Told how far it is scrolled, in pixels. */
  onScroll?: (top: number) => void
  /** What stands below the last row. */
  foot?: string | undefined
  /** Rows in all, where that is known. */
  total?: number
  /** As high as its rows, up to so many; otherwise it fills the page and scrolls. */
  most?: number
}

/** A list of any length: only what is in view is drawn. Arrow keys go from row to row. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { columns, rows, rowId, selection, onEnd, foot } = props
  const sized = useRef<HTMLDivElement>(null)
  const width = useWidth(sized)
  const scroller = useRef<HTMLDivElement>(null)
  const shown = useMemo(() => fitting(columns, width), [columns, width])
  // The same options are the same table: rows are drawn anew when one of these changes, and not
  // whenever the list is scrolled.
  const options = useMemo(() => {
    const chosen = selection?.chosen ?? NONE
    return {
      features,
      columns: shown.map(definition),
      data: rows,
      getRowId: rowId,
      enableRowSelection: selection !== undefined,
      state: { rowSelection: chosen },
      onRowSelectionChange: (change: Updater<RowSelectionState>) => {
        selection?.onChange(typeof change === 'function' ? change(chosen) : change)
      },
    }
  }, [shown, rows, rowId, selection])
  const table = useTable(options)
  const models = table.getRowModel().rows
  const toggle = useCallback((id: string) => table.getRow(id).toggleSelected(), [table])
  const virtual = useVirtualizer({
    count: models.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    overscan: 8,
    getItemKey: index => models[index]?.id ?? index,
  })
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)

  const isNearEnd = (last?.index ?? 0) >= models.length - AHEAD
  useEffect(() => {
    if (isNearEnd) onEnd?.()
  }, [isNearEnd, onEnd, models.length])

  const open = ({ target }: MouseEvent) => {
    const place = placeOpened(target)
    const model = place === null ? undefined : models[place]
    if (model) props.onOpen?.(model.original)
  }
  return (
    <div ref={sized} className={classes.frame} data-fills={props.most === undefined || undefined}>
      {/* Keys come from the links in its rows. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        ref={scroller}
        className={classes.scroller}
        style={props.most === undefined ? undefined : { maxHeight: (props.most + 1) * HEIGHT }}
        onScroll={event => props.onScroll?.(event.currentTarget.scrollTop)}
        onKeyDown={event => step(event, scroller.current)}
      >
        <table
          className={classes.table}
          aria-label={props.label}
          aria-rowcount={props.total ?? models.length}
        >
          <colgroup>
            {selection && <col style={{ width: props.most === undefined ? 42 : 32 }} />}
            {shown.map(column => (
              <col key={column.id} style={column.grows ? undefined : { width: column.width }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {selection && (
                <SelectAll
                  isAll={models.length > 0 && table.getIsAllRowsSelected()}
                  isSome={table.getIsSomeRowsSelected()}
                  onToggle={() => table.toggleAllRowsSelected()}
                />
              )}
              {shown.map(column => (
                <Heading key={column.id} column={column} sorting={props.sorting} />
              ))}
            </tr>
          </thead>
          {/* Whoever has no mouse opens a row by the link in it. */}
          {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions */}
          <tbody onClick={open}>
            <Gap height={first?.start ?? 0} />
            {items.map(({ index, key }) => {
              const model = models[index]
              if (!model) return null
              return (
                <Row
                  key={key}
                  id={model.id}
                  place={index}
                  row={model.original}
                  columns={shown}
                  isChosen={model.getIsSelected()}
                  onToggle={selection && toggle}
                  opens={props.onOpen !== undefined}
                />
              )
            })}
            <Gap height={virtual.getTotalSize() - (last?.end ?? 0)} />
          </tbody>
        </table>
        {foot && <p className={classes.foot}>{foot}</p>}
      </div>
    </div>
  )
}

const NONE: RowSelectionState = {}

function definition<T extends object>(column: Column<T>): ColumnDef<Features, T> {
  return { id: column.id, header: column.name, cell: context => column.cell(context.row.original) }
}

/** Takes the place of rows that are not drawn. */
function Gap({ height }: { height: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden className={classes.gap}>
      <td style={{ height }} />
    </tr>
  )
}

/** Goes to the row above or below, for as long as keys are pressed. */
function step(event: KeyboardEvent, scroller: HTMLElement | null): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const row = event.target instanceof Element ? event.target.closest('tr') : null
  if (!by || !row || !scroller) return
  const place = Number(row.dataset['place'])
  const next = scroller.querySelector<HTMLElement>(`tr[data-place="${place + by}"]`)
  if (!next) return
  event.preventDefault()
  const focusable = next.querySelector<HTMLElement>('a, button, input')
  focusable?.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
}
