import { useNow } from './now'
import { duration, running } from '@/core/time/duration'

interface DurationProps {
  /** Seconds since the epoch. */
  from: number
  /** None: it still goes on. */
  to?: number | null | undefined
}

/** How long something took, or has taken until now. */
export function Duration({ from, to }: DurationProps) {
  if (to != null) return <span className="mono">{duration(to - from)}</span>
  return <Growing from={from} />
}

function Growing({ from }: { from: number }) {
  const now = useNow()
  return <span className="mono">{running(now - from)}</span>
}
