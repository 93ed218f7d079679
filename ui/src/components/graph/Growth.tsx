import type { NodeStatus } from '@/api/graph/feeds'
import { useNow } from '@/components/time/now'
import { taken } from '@/core/graph/status'
import { duration, running } from '@/core/time/duration'
import classes from './boxes.module.css'

/** How long a node took, or has taken; nothing before it has begun. */
export function Growth({ status }: { status: NodeStatus | undefined }) {
  if (!status || status.phase === 'SKIPPED') return null
  if (status.ended === null) return <Growing status={status} />
  return <span className={classes.time}>{duration(taken(status, status.ended) ?? 0)}</span>
}

function Growing({ status }: { status: NodeStatus }) {
  const now = useNow()
  return <span className={classes.time}>{running(taken(status, now) ?? 0)}</span>
}
