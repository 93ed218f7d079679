import type { Execution } from '@/api/schema'
import { Badge } from '@/components/phase/Badge'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Time } from '@/components/time/Time'
import type { Cell, Row } from '@/core/fleet/grid'
import { phaseOf } from '@/core/phase/phase'
import { shorten } from '@/core/text/shorten'
import { duration } from '@/core/time/duration'
import classes from './grid.module.css'
import type { Spot } from './spot'

interface ReadoutProps {
  spot: Spot | null
  execution: Execution | null | undefined
  row: { row: Row; cells: readonly (Cell | null)[] } | undefined
}

/** What is pointed at, by mouse or by keys, in words: below the grid, where it hides nothing. */
export function Readout({ spot, execution, row }: ReadoutProps) {
  if (!spot || !execution) {
    return (
      <p className={classes.readout}>
        <span>The higher a bar, the longer it took, compared with the others of its row.</span>
        <span>
          <i aria-hidden /> tried again
        </span>
        <span>
          <i data-of="reused" aria-hidden /> from the cache
        </span>
        <span>
          <i data-of="gap" aria-hidden /> was not there
        </span>
      </p>
    )
  }
  const cell = row?.cells[spot.column]
  return (
    <p className={classes.readout}>
      {row && <span className={classes.what}>{row.row.entity || row.row.kind}</span>}
      {row && <span className="mono">{row.row.path}</span>}
      {row && !cell && <span>was not there</span>}
      {row && cell && (
        <>
          <PhaseMark phase={cell.phase} word />
          {cell.isReused && <Badge of="cached" />}
          {cell.seconds !== null && <span className="mono">{duration(cell.seconds)}</span>}
          {cell.attempts > 1 && <Badge of="retried" count={cell.attempts} />}
          <span>in</span>
        </>
      )}
      <span className="mono">{execution.id}</span>
      {!row && <PhaseMark phase={phaseOf(execution.phase)} word />}
      {!row && execution.ended !== null && (
        <span className="mono">{duration(execution.ended - execution.created)}</span>
      )}
      <span>
        started <Time at={execution.created} />
      </span>
      <span>
        version <span className="mono">{shorten(execution.entity.version, 14)}</span>
      </span>
    </p>
  )
}
