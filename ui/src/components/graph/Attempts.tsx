import type { Phase } from '@/core/phase/phase'
import classes from './boxes.module.css'

const MOST = 5

interface AttemptsProps {
  count: number
  phase: Phase
  isOver: boolean
}

/** A dot for each attempt: those before the last have failed. */
export function Attempts({ count, phase, isOver }: AttemptsProps) {
  const told = `${count} attempts`
  const dots = Math.min(count, MOST)
  return (
    <span className={classes.attempts} role="img" aria-label={told} title={told}>
      {count > MOST && <span>{count}</span>}
      {Array.from({ length: dots }, (_, at) => (
        <i key={at} data-phase={at < dots - 1 ? 'FAILED' : phase} data-over={isOver || undefined} />
      ))}
    </span>
  )
}
