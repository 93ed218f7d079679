import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { memo } from 'react'
import type { Statuses } from '@/api/graph/feeds'
import { ChildLink } from '@/components/graph/ChildLink'
import { Name } from '@/components/name/Name'
import { Badge } from '@/components/phase/Badge'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { placeOf, type Place } from '@/core/graph/place'
import { phaseOf } from '@/core/phase/phase'
import { duration } from '@/core/time/duration'
import { isLost, took, type TimelineRow } from '@/core/timeline/bars'
import { isMore, type Line, type More } from '@/core/timeline/rows'
import type { Span } from '@/core/timeline/span'
import { Bars } from './Bars'
import classes from './timeline.module.css'

const HEIGHT = 28
const LANE = 11
export const LANES = 6

/** Attempts are stacked, and a line is as high as that takes. */
export function heightOf(line: Line | More): number {
  if (isMore(line)) return HEIGHT
  const lanes = Math.min(LANES, line.row.attempts.length)
  return lanes > 1 ? HEIGHT - LANE + lanes * LANE : HEIGHT
}

interface LineRowProps {
  line: Line | More
  title: string
  /** The execution that it has started; empty: none. */
  child: string
  statuses: Statuses
  span: Span
  now: number
  isSelected: boolean
  isDim: boolean
  onSelect: (place: Place) => void
  onToggle: (key: string, isOpen: boolean) => void
  onMore: (scope: string) => void
}

/** A node: its name at the left, what it did when at the right. */
export const LineRow = memo(function LineRow(props: LineRowProps) {
  const { line, title, child, statuses, span, now, isSelected, isDim } = props
  const { onSelect, onToggle, onMore } = props
  const indent = { paddingLeft: 4 + line.depth * 16 }
  if (isMore(line)) {
    return (
      <div className={classes.line} style={indent} role="none">
        <button type="button" className={classes.more} onClick={() => onMore(line.more)}>
          More of them
        </button>
      </div>
    )
  }
  const { key, row, open } = line
  return (
    <div
      className={classes.line}
      role="treeitem"
      aria-selected={isSelected}
      aria-level={line.depth + 1}
      {...(open !== null && { 'aria-expanded': open })}
      data-phase={row.phase}
      data-dim={isDim || undefined}
    >
      <div className={classes.name} style={indent}>
        {open === null ? (
          <span className={classes.fold} />
        ) : (
          <button
            type="button"
            className={classes.fold}
            aria-label={open ? `Close ${title}` : `Open ${title}`}
            onClick={() => onToggle(key, !open)}
          >
            {open ? (
              <IconChevronDown size={14} aria-hidden />
            ) : (
              <IconChevronRight size={14} aria-hidden />
            )}
          </button>
        )}
        <button type="button" className={classes.face} onClick={() => onSelect(placeOf(key))}>
          <PhaseMark
            phase={isLost(row) ? 'LOST' : phaseOf(row.phase)}
            live={row.ended === null}
            size={13}
          />
          <span className={classes.title}>
            <Name of={title} more={row.path} />
          </span>
          {row.reuse && <Badge of={row.reuse} small />}
          <span className={classes.took} title={timesOf(row, now)}>
            {row.reuse ? '' : duration(took(row, now))}
          </span>
        </button>
        {child && <ChildLink id={child} />}
      </div>
      <div className={classes.track}>
        <Bars
          row={row}
          place={placeOf(key)}
          statuses={statuses}
          span={span}
          now={now}
          onClick={() => onSelect(placeOf(key))}
        />
      </div>
    </div>
  )
})

/** Both measures of how long it took. */
function timesOf(row: TimelineRow, now: number): string {
  const whole = duration((row.ended ?? now) - row.created)
  return `${duration(took(row, now))} from the start of its code, ${whole} with all waits`
}
