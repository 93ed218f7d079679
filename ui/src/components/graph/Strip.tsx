import { buckets, type Status } from '@/core/graph/status'
import { phaseWord } from '@/core/phase/phase'
import classes from './boxes.module.css'

/** The elements of a map by phase, as one strip. */
export function Strip({ elements }: { elements: Status['elements'] }) {
  const strip = buckets(elements)
  const told = strip.map(({ phase, count }) => `${count} ${phaseWord(phase)}`).join(', ')
  return (
    <span className={classes.strip} role="img" aria-label={told || 'no elements yet'} title={told}>
      {strip.map(({ phase, from, to }) => (
        <i
          key={phase}
          data-phase={phase}
          style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
        />
      ))}
    </span>
  )
}
