import { duration } from '@/core/time/duration'
import { part, ticks, type Span } from '@/core/timeline/span'
import classes from './timeline.module.css'

interface AxisProps {
  span: Span
  /** Times are told from here. */
  zero: number
  /** Null: it is over. */
  now: number | null
  /** Pixels that there are. */
  width: number
}

/** Pixels from one label to the next: so wide one is. */
const APART = 64

/** The time above the lines, from the beginning of the execution. */
export function Axis({ span, zero, now, width }: AxisProps) {
  const marks = ticks(span, zero, Math.max(1, Math.floor(width / APART)))
  const current = now === null ? null : part(span, now)
  return (
    <>
      {marks.map(seconds => {
        const at = part(span, zero + seconds)
        return (
          <span key={seconds} className={classes.tick} style={{ left: `${at * 100}%` }}>
            {(1 - at) * width >= APART && <b>{seconds === 0 ? '0' : duration(seconds)}</b>}
          </span>
        )
      })}
      {current !== null && current >= 0 && current <= 1 && (
        <span className={classes.now} style={{ left: `${current * 100}%` }} />
      )}
    </>
  )
}
