import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { ChildLink } from '@/components/graph/ChildLink'
import { Name } from '@/components/name/Name'
import { Badge } from '@/components/phase/Badge'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Duration } from '@/components/time/Duration'
import { Time } from '@/components/time/Time'
import type { Place } from '@/core/graph/place'
import { markOf } from '@/core/graph/status'
import classes from './nodes.module.css'
import type { TreeRow } from './treeRows'

interface NodeRowProps {
  /** By which the tree says that it is the current one. */
  id: string
  row: TreeRow
  top: number
  isLive: boolean
  isSelected: boolean
  onSelect: (place: Place) => void
  onToggle: ((row: TreeRow) => void) | undefined
  onMore: ((scope: string) => void) | undefined
}

export function NodeRow(props: NodeRowProps) {
  const { id, row, top, isLive, isSelected, onSelect, onToggle, onMore } = props
  const { status, open } = row
  const place = { translate: `0 ${top}px` }
  const indent = { paddingLeft: row.depth * 18 }
  if (row.more !== undefined) {
    const scope = row.more
    return (
      <div className={classes.row} style={place} role="none">
        <span className={classes.name} style={indent}>
          <span className={classes.fold} />
          <button type="button" className={classes.more} onClick={() => onMore?.(scope)}>
            {row.name}
          </button>
        </span>
      </div>
    )
  }
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the tree takes the keys
    <div
      id={id}
      className={classes.row}
      style={place}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={isSelected}
      {...(open !== null && { 'aria-expanded': open })}
      onClick={() => onSelect(row.place)}
    >
      <span className={classes.name} style={indent}>
        {open === null ? (
          <span className={classes.fold} />
        ) : (
          <button
            type="button"
            className={classes.fold}
            tabIndex={-1}
            aria-label={open ? `Close ${row.name}` : `Open ${row.name}`}
            onClick={event => {
              event.stopPropagation()
              onToggle?.(row)
            }}
          >
            {open ? (
              <IconChevronDown size={14} aria-hidden />
            ) : (
              <IconChevronRight size={14} aria-hidden />
            )}
          </button>
        )}
        <PhaseMark phase={markOf(status, isLive)} live={isLive} size={14} />
        <span className={classes.title}>
          <Name of={row.name} more={row.place.path} />
        </span>
        {status?.reuse && <Badge of={status.reuse} small />}
        {status && status.attempt > 1 && <Badge of="retried" count={status.attempt - 1} />}
      </span>
      <span className={classes.kind}>{row.kind}</span>
      <span className={classes.failure} title={row.failure}>
        {row.child ? <ChildLink id={row.child} /> : row.failure}
      </span>
      <span className={classes.when}>{status && <Time at={status.created} />}</span>
      <span className={classes.took}>
        {status && <Duration from={status.started ?? status.created} to={status.ended} />}
      </span>
    </div>
  )
}
