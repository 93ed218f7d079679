import { EXECUTION_PHASES, phaseOf, phaseWord } from '@/core/phase/phase'
import classes from './PhaseBar.module.css'

interface PhaseBarProps {
  counts: Record<string, number>
  /** So many are still to come: they stay empty. */
  rest?: number
}

/** Counts by phase as one strip, each phase as wide as its share. */
export function PhaseBar({ counts, rest = 0 }: PhaseBarProps) {
  const parts = EXECUTION_PHASES.map(phase => ({ phase, count: counts[phase] ?? 0 })).filter(
    part => part.count > 0,
  )
  const told = parts.map(part => `${part.count} ${phaseWord(part.phase)}`).join(', ')
  return (
    <span className={classes.root} role="img" aria-label={told || 'nothing'} title={told}>
      {parts.map(({ phase, count }) => (
        <span
          key={phase}
          className={classes.part}
          data-phase={phaseOf(phase)}
          style={{ flexGrow: count }}
        />
      ))}
      {rest > 0 && <span style={{ flexGrow: rest }} />}
    </span>
  )
}
