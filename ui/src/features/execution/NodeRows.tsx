import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useId, useRef } from 'react'
import type { Place } from '@/core/graph/place'
import { NodeRow } from './NodeRow'
import classes from './nodes.module.css'
import type { TreeRow } from './treeRows'

interface NodeRowsProps {
  label: string
  rows: TreeRow[]
  isLive: boolean
  selected: string
  onSelect: (place: Place) => void
  onToggle?: (row: TreeRow) => void
  onMore?: (scope: string) => void
  /** More rows are wanted: the end is near. */
  onEnd?: () => void
}

const HEIGHT = 32

/** Rows of nodes of which only those in view are drawn. Arrow keys go from row to row, and open and
 * close them. */
export function NodeRows(props: NodeRowsProps) {
  const { label, rows, isLive, selected, onSelect, onToggle, onMore, onEnd } = props
  const tree = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    overscan: 10,
    getItemKey: index => rows[index]?.key ?? index,
  })
  const items = virtual.getVirtualItems()
  const isNearEnd = (items.at(-1)?.index ?? 0) >= rows.length - 10
  useEffect(() => {
    if (isNearEnd) onEnd?.()
  }, [isNearEnd, rows.length, onEnd])

  const at = rows.findIndex(row => row.key === selected)
  const isDrawn = items.some(item => item.index === at)
  const goTo = (index: number) => {
    const row = rows[index]
    if (!row || row.more) return
    onSelect(row.place)
    virtual.scrollToIndex(index)
  }
  const keys = (event: KeyboardEvent) => {
    const row = rows[at]
    if (event.key === 'ArrowDown') goTo(at + 1)
    else if (event.key === 'ArrowUp') goTo(Math.max(0, at - 1))
    else if (event.key === 'ArrowRight' && row?.open === false) onToggle?.(row)
    else if (event.key === 'ArrowLeft' && row?.open === true) onToggle?.(row)
    else return
    event.preventDefault()
  }
  return (
    <>
      <div className={classes.head} aria-hidden>
        <span>Name</span>
        <span className={classes.kind}>Kind</span>
        <span className={classes.failure} />
        <span className={classes.when}>Began</span>
        <span className={classes.took}>Took</span>
      </div>
      <div
        ref={scroller}
        className={classes.scroller}
        role="tree"
        aria-label={label}
        aria-activedescendant={isDrawn ? `${tree}-${at}` : undefined}
        tabIndex={0}
        onKeyDown={keys}
      >
        <div className={classes.rows} style={{ height: virtual.getTotalSize() }} role="none">
          {items.map(item => {
            const row = rows[item.index]
            return (
              row && (
                <NodeRow
                  key={item.key}
                  id={`${tree}-${item.index}`}
                  row={row}
                  top={item.start}
                  isLive={isLive}
                  isSelected={row.key === selected}
                  onSelect={onSelect}
                  onToggle={onToggle}
                  onMore={onMore}
                />
              )
            )
          })}
        </div>
      </div>
    </>
  )
}
