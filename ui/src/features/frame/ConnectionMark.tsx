import { connection } from '@/api/connection'
import { useStore } from '@/api/store'
import { useNow } from '@/components/time/now'
import { running } from '@/core/time/duration'
import classes from './ConnectionMark.module.css'

/** Whether what is on screen is true now. */
export function ConnectionMark() {
  const { state, since } = useStore(connection)
  return (
    <span className={classes.root} data-state={state} role="status">
      <span className={classes.dot} aria-hidden />
      <span className={classes.word}>
        {state === 'offline' ? <OfflineSince since={since} /> : state}
      </span>
    </span>
  )
}

function OfflineSince({ since }: { since: number }) {
  const now = useNow()
  return <>offline {running(now - since)}</>
}
