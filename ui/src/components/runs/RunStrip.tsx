import { Link } from '@tanstack/react-router'
import { RUNS } from '@/api/fleet/queries'
import type { FleetEntity } from '@/api/schema'
import { barsOf } from '@/core/fleet/runs'
import { phaseOf, phaseWord } from '@/core/phase/phase'
import { duration } from '@/core/time/duration'
import { Bars } from './Bars'
import classes from './RunStrip.module.css'

const HEIGHT = 24

/** Executions of one entity, newest right; each leads to itself. */
export function RunStrip({ runs }: { runs: FleetEntity['runs'] }) {
  const shown = runs.toReversed()
  const missing = Array.from({ length: RUNS - shown.length }, () => null)
  return (
    <span className={classes.strip}>
      <Bars of={[...missing, ...barsOf(shown)]} height={HEIGHT} />
      <span className={classes.runs}>
        {shown.map(({ id, phase, created, ended }) => {
          const took = ended === null ? '' : `, ${duration(ended - created)}`
          const told = `${id}: ${phaseWord(phaseOf(phase))}${took}`
          return (
            <Link key={id} to="/executions/$id" params={{ id }} aria-label={told} title={told} />
          )
        })}
      </span>
    </span>
  )
}
