import type { CSSProperties } from 'react'
import type { Statuses } from '@/api/graph/feeds'
import { useStatus } from '@/components/graph/status'
import type { Place } from '@/core/graph/place'
import { buckets } from '@/core/graph/status'
import { phaseOf, phaseWord } from '@/core/phase/phase'
import { duration } from '@/core/time/duration'
import { explain, segments, type TimelineAttempt, type TimelineRow } from '@/core/timeline/bars'
import { part, type Span } from '@/core/timeline/span'
import { LANES } from './LineRow'
import classes from './timeline.module.css'

interface BarsProps {
  row: TimelineRow
  place: Place
  statuses: Statuses
  span: Span
  now: number
  onClick: () => void
}

/** What a node did when: a bar for each attempt, in its stages; of a group just from when to when. */
export function Bars({ row, place, statuses, span, now, onClick }: BarsProps) {
  if (row.reuse) {
    return (
      <i
        className={classes.reused}
        style={{ left: percent(part(span, row.created)) }}
        title={`${row.reuse}: it did not run`}
      />
    )
  }
  if (row.attempts.length === 0) {
    const end = row.ended ?? now
    if (end < span.from || row.created > span.to) return null
    const title = `${phaseWord(phaseOf(row.phase))}, ${duration(end - row.created)}`
    return (
      <i className={classes.whole} style={stretch(span, row.created, end)} title={title}>
        {row.kind === 'map' && <Elements place={place} statuses={statuses} />}
      </i>
    )
  }
  return (
    <div className={classes.lanes} data-many={row.attempts.length > 1 || undefined}>
      {row.attempts.slice(-LANES).map(attempt => (
        <Lane key={attempt.number} attempt={attempt} span={span} now={now} onClick={onClick} />
      ))}
    </div>
  )
}

/** How many of a map's elements are in which phase, within its bar. */
function Elements({ place, statuses }: Pick<BarsProps, 'place' | 'statuses'>) {
  const status = useStatus(statuses, place)
  return buckets(status?.elements ?? null).map(({ phase, from, to }) => (
    <b key={phase} data-phase={phase} style={{ left: percent(from), width: percent(to - from) }} />
  ))
}

interface LaneProps {
  attempt: TimelineAttempt
  span: Span
  now: number
  onClick: () => void
}

function Lane({ attempt, span, now, onClick }: LaneProps) {
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the name of the line is the button for keys
    <div className={classes.lane} data-phase={attempt.phase} onClick={onClick}>
      {segments(attempt, now).map(segment => {
        const { stage, from, to } = segment
        if (to < span.from || from > span.to) return null
        const title = `attempt ${attempt.number} · ${stage} ${duration(to - from)}: ${explain(segment, attempt)}`
        return <i key={stage} data-stage={stage} style={stretch(span, from, to)} title={title} />
      })}
    </div>
  )
}

/** What begins before the span or ends behind it is cut off there. */
function stretch(span: Span, from: number, to: number): CSSProperties {
  const left = Math.max(0, Math.min(1, part(span, from)))
  const right = Math.max(0, Math.min(1, part(span, to)))
  return { left: percent(left), width: `max(2px, ${percent(right - left)})` }
}

function percent(value: number): string {
  return `${Math.round(value * 1e5) / 1e3}%`
}
