import { useVirtualizer } from '@tanstack/react-virtual'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Fleet } from '@/api/schema'
import { Empty } from '@/components/states/Empty'
import { cellsOf, ORDERS, sorted } from '@/core/fleet/grid'
import { SPOT } from './Cells'
import { Columns } from './Columns'
import classes from './grid.module.css'
import { GridRow } from './GridRow'
import { Readout } from './Readout'
import { isSame, type Spot, spotAfter, spotUnder } from './spot'

const HEIGHT = 36

const route = getRouteApi('/fleet')

interface GridProps {
  of: Fleet
  scope: string
}

/** Nodes down, executions along: every cell leads to its node. Arrow keys go from cell to cell. */
export function Grid({ of, scope }: GridProps) {
  const { sort } = route.useSearch()
  const navigate = useNavigate()
  const scroller = useRef<HTMLDivElement>(null)
  const [spot, setSpot] = useState<Spot | null>(null)
  const order = ORDERS.find(each => each === sort) ?? 'order'
  const executions = useMemo(() => of.executions.toReversed(), [of.executions])
  const rows = useMemo(
    () => sorted(of.rows, order).map(row => ({ row, cells: cellsOf(row) })),
    [of.rows, order],
  )
  const columns = executions.length
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    overscan: 6,
  })

  // The newest are what somebody comes for.
  useLayoutEffect(() => {
    const cells = scroller.current?.querySelector('[data-row="-1"]')
    cells?.scrollIntoView({ inline: 'end', block: 'nearest' })
  }, [columns, scope])

  const point = (at: Spot | null) => setSpot(before => (isSame(before, at) ? before : at))
  const open = (at: Spot | null) => {
    const execution = at && executions[at.column]
    if (!execution) return
    const path = at.row < 0 ? undefined : rows[at.row]?.row.path
    navigate({
      to: '/executions/$id',
      params: { id: execution.id },
      search: path ? { node: path } : {},
    })
  }
  const isByKey = useRef(false)
  const keys = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter') open(spot)
    const next = spotAfter(event, spot, { rows: rows.length, columns })
    if (!next) return
    event.preventDefault()
    isByKey.current = true
    if (next.row >= 0) virtual.scrollToIndex(next.row)
    point(next)
  }
  useLayoutEffect(() => {
    if (!isByKey.current) return
    isByKey.current = false
    document.getElementById(SPOT)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [spot])

  return (
    <div className={classes.root}>
      <div
        ref={scroller}
        className={classes.scroller}
        role="grid"
        tabIndex={0}
        aria-label="Nodes by executions"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns + 4}
        aria-activedescendant={spot ? SPOT : undefined}
        style={{ '--columns': columns } as React.CSSProperties}
        onKeyDown={keys}
        onPointerMove={event => point(spotUnder(event, columns))}
        onPointerLeave={() => point(null)}
        onClick={event => open(spotUnder(event, columns))}
      >
        <Columns executions={executions} order={order} at={spot?.row === -1 ? spot.column : null} />
        {rows.length === 0 && <Empty small title="There is nothing in it" />}
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const each = rows[index]
            return (
              each && (
                <GridRow
                  key={each.row.path}
                  place={index}
                  top={start}
                  row={each.row}
                  cells={each.cells}
                  at={spot?.row === index ? spot.column : null}
                />
              )
            )
          })}
        </div>
        {!of.complete && <p className={classes.foot}>There are more nodes than are shown.</p>}
      </div>
      <Readout
        spot={spot}
        execution={spot && executions[spot.column]}
        row={spot && spot.row >= 0 ? rows[spot.row] : undefined}
      />
    </div>
  )
}
