import type { Counts } from '@/api/schema'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { valuesOf, withValue } from '@/core/filter/line'
import { EXECUTION_PHASES, phaseWord } from '@/core/phase/phase'
import classes from './PhaseChips.module.css'

interface PhaseChipsProps {
  /** Of what the filter finds, whatever it says of phases. */
  of: Counts | undefined
  line: string
  onChange: (line: string) => void
}

/** How many there are in each phase. A press shows those alone, and another one all again. */
export function PhaseChips({ of, line, onChange }: PhaseChipsProps) {
  const chosen = valuesOf(line, 'phase').map(word => word.toUpperCase())
  return (
    <div className={classes.root} role="group" aria-label="Phases">
      {EXECUTION_PHASES.filter(phase => of?.phases[phase] || chosen.includes(phase)).map(phase => {
        const isChosen = chosen.includes(phase)
        const count = of?.phases[phase] ?? 0
        const more = of?.capped.includes(phase) ? '+' : ''
        return (
          <button
            key={phase}
            type="button"
            className={classes.chip}
            data-phase={phase}
            aria-pressed={isChosen}
            onClick={() => onChange(withValue(line, 'phase', isChosen ? '' : phaseWord(phase)))}
          >
            <PhaseMark phase={phase} size={12} />
            <span className="numbers">
              {count.toLocaleString('en')}
              {more}
            </span>
          </button>
        )
      })}
    </div>
  )
}
