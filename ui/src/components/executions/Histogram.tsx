import type { OverTime } from '@/api/schema'
import { useNow } from '@/components/time/now'
import { useZone } from '@/components/time/zone'
import { EXECUTION_PHASES, phaseWord } from '@/core/phase/phase'
import { absolute, relative } from '@/core/time/instant'
import { counted } from '@/core/text/shorten'
import classes from './Histogram.module.css'

const HEIGHT = 48

interface HistogramProps {
  of: OverTime
  /** Told of the stretch of a bar that was pressed. */
  onChoose?: (since: number, until: number) => void
}

/** How many executions were started when, and what became of them: a bar for each stretch of time. */
export function Histogram({ of, onChoose }: HistogramProps) {
  const zone = useZone()
  const now = useNow()
  const phases = EXECUTION_PHASES.filter(phase => of.counts[phase])
  const count = Math.max(0, ...phases.map(phase => of.counts[phase]?.length ?? 0))
  const step = (of.until - of.since) / Math.max(1, count)
  const bars = Array.from({ length: count }, (_, place) => {
    const parts = phases
      .map(phase => ({ phase, count: of.counts[phase]?.[place] ?? 0 }))
      .filter(part => part.count > 0)
    const since = of.since + place * step
    return { since, parts, total: parts.reduce((sum, part) => sum + part.count, 0) }
  })
  const most = Math.max(1, ...bars.map(bar => bar.total))
  const all = bars.reduce((sum, bar) => sum + bar.total, 0)
  return (
    <figure className={classes.figure}>
      <div
        className={classes.root}
        role="img"
        aria-label={`${counted(all, 'execution')} since ${absolute(of.since, zone)}`}
      >
        {bars.map(({ since, parts, total }) => (
          <div
            key={since}
            className={classes.bar}
            data-opens={(onChoose && total > 0) || undefined}
            title={told(since, parts, zone)}
            // The filter line says the same for those without a mouse.
            onClick={() => total > 0 && onChoose?.(since, since + step)}
            aria-hidden
          >
            {parts.map(({ phase, count }) => (
              <span
                key={phase}
                data-phase={phase}
                style={{ height: Math.max(2, (count / most) * HEIGHT) }}
              />
            ))}
          </div>
        ))}
      </div>
      <figcaption className={classes.foot} aria-hidden>
        <span>{relative(of.since, Math.max(now, of.until), zone)}</span>
        <span>{counted(all, 'execution')}</span>
        <span>{relative(of.until, now, zone).replace('just now', 'now')}</span>
      </figcaption>
    </figure>
  )
}

function told(
  since: number,
  parts: readonly { phase: (typeof EXECUTION_PHASES)[number]; count: number }[],
  zone: string,
): string {
  const counts = parts.map(part => `${part.count} ${phaseWord(part.phase)}`)
  return [absolute(since, zone), ...(counts.length > 0 ? counts : ['none'])].join('\n')
}
