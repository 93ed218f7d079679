import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { Name } from '@/components/name/Name'
import { type Cell, lastPart, type Row } from '@/core/fleet/grid'
import { phaseWord } from '@/core/phase/phase'
import { duration } from '@/core/time/duration'
import { Cells } from './Cells'
import classes from './grid.module.css'

interface GridRowProps {
  place: number
  /** Pixels from the first row. */
  top: number
  row: Row
  /** Oldest first. */
  cells: readonly (Cell | null)[]
  /** The column that is pointed at; null: none of this row. */
  at: number | null
}

/** Pixels that its cells have. */
const HEIGHT = 30

/** A node in every execution, and how it does in all of them. */
export const GridRow = memo(function GridRow({ place, top, row, cells, at }: GridRowProps) {
  const { path, entity, opens, failures, flakiness, median } = row
  const name = entity ? lastPart(entity) : row.kind
  const share = Math.round(flakiness * 100)
  return (
    <div role="row" aria-rowindex={place + 2} className={classes.row} style={{ top }}>
      <span role="rowheader" className={classes.name} title={`${entity || row.kind} ${path}`}>
        {opens ? (
          <Link className={classes.opens} to="/fleet" search={old => ({ ...old, scope: path })}>
            <Name of={name} />
            <IconChevronRight size={13} aria-label="look inside" />
          </Link>
        ) : (
          <Name of={name} />
        )}
        <span className={classes.path}>{lastStep(path)}</span>
      </span>
      <Cells
        row={place}
        bars={cells}
        height={HEIGHT}
        at={at}
        label={inWords(name, cellAt(cells, at))}
      />
      <span role="gridcell" className={classes.fact} data-fact="failures">
        <span className={failures > 0 ? classes.bad : 'faint'}>{failures}</span>
      </span>
      <span role="gridcell" className={classes.fact} data-fact="flakiness">
        <span className={share > 0 ? undefined : 'faint'}>{share}%</span>
        <span className={classes.flaky} aria-hidden>
          <span style={{ width: `${share}%` }} />
        </span>
      </span>
      <span role="gridcell" className={`${classes.fact} mono`} data-fact="median">
        {median === null ? <span className="faint">–</span> : duration(median)}
      </span>
    </div>
  )
})

function lastStep(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function cellAt(cells: GridRowProps['cells'], at: number | null): Cell | null {
  return at === null ? null : (cells[at] ?? null)
}

/** A cell for those who hear it. */
function inWords(name: string, cell: Cell | null): string {
  if (!cell) return `${name} was not there`
  const { phase, seconds, attempts, isReused } = cell
  const parts = [
    phaseWord(phase),
    isReused ? 'from the cache' : seconds === null ? '' : duration(seconds),
    attempts > 1 ? `${attempts} attempts` : '',
  ]
  return `${name} ${parts.filter(Boolean).join(', ')}`
}
