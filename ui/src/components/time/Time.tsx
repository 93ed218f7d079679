import { useNow } from './now'
import { useZone } from './zone'
import { absolute, relative } from '@/core/time/instant'
import { useCopy } from '@/components/name/copy'
import classes from './Time.module.css'

interface TimeProps {
  /** Seconds since the epoch. */
  at: number
  /** As a date with its zone, and not how long ago. */
  full?: boolean
}

/** A moment: how long ago, the date on hover; a click copies that. */
export function Time({ at, full = false }: TimeProps) {
  const now = useNow()
  const zone = useZone()
  const copy = useCopy()
  const date = absolute(at, zone)
  return (
    <button
      type="button"
      className={classes.root}
      title={date}
      onClick={event => copy(date, event)}
    >
      <time dateTime={new Date(at * 1000).toISOString()}>
        {full ? date : relative(at, now, zone)}
      </time>
    </button>
  )
}
