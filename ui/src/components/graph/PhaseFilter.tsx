import { PhaseMark } from '@/components/phase/PhaseMark'
import type { PhaseName } from '@/core/graph/shape'
import { EXECUTION_PHASES, phaseWord } from '@/core/phase/phase'
import classes from './cells.module.css'

interface PhaseFilterProps {
  counts: Partial<Record<string, number>>
  chosen: ReadonlySet<PhaseName>
  onChoose: (chosen: ReadonlySet<PhaseName>) => void
}

/** The phases that there are, with how often; a click shows only those of it. */
export function PhaseFilter({ counts, chosen, onChoose }: PhaseFilterProps) {
  const present = EXECUTION_PHASES.filter(phase => (counts[phase] ?? 0) > 0 || chosen.has(phase))
  const flip = (phase: PhaseName) => {
    const next = new Set(chosen)
    if (!next.delete(phase)) next.add(phase)
    onChoose(next)
  }
  return (
    <span className={classes.phases} role="group" aria-label="Phases">
      {present.map(phase => (
        <button
          key={phase}
          type="button"
          className={classes.phase}
          aria-pressed={chosen.has(phase)}
          title={`Only ${phaseWord(phase)}`}
          onClick={() => flip(phase)}
        >
          <PhaseMark phase={phase} size={12} />
          {(counts[phase] ?? 0).toLocaleString('en')}
        </button>
      ))}
    </span>
  )
}
