import type { OverTime } from '@/api/schema'
import { Histogram } from '@/components/executions/Histogram'
import { between, valuesOf, withoutKey } from '@/core/filter/line'
import classes from './ExecutionsPage.module.css'

interface OverTimeStripProps {
  /** Of what the filter finds, whatever it says of phases. */
  of: OverTime | undefined
  line: string
  onChange: (line: string) => void
}

/** When what the filter finds was started, of the last day unless it says more; a press on a bar
 * shows those alone.
 */
export function OverTimeStrip({ of, line, onChange }: OverTimeStripProps) {
  return (
    <div className={classes.strip}>
      {of && (
        <Histogram
          of={{ ...of, counts: wanted(of.counts, line) }}
          onChoose={(since, until) =>
            onChange(`${withoutKey(line, 'started')} ${between(since, until)}`.trim())
          }
        />
      )}
    </div>
  )
}

/** Of the phases that the filter names, or of all. */
function wanted<T>(counts: Record<string, T>, line: string): Record<string, T> {
  const phases = valuesOf(line, 'phase').map(word => word.toUpperCase())
  const entries = Object.entries(counts)
  return Object.fromEntries(
    phases.length === 0 ? entries : entries.filter(([phase]) => phases.includes(phase)),
  )
}
