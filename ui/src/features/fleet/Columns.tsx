import { IconArrowDown } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { memo, useMemo } from 'react'
import type { Execution } from '@/api/schema'
import { useZone } from '@/components/time/zone'
import { barsOf } from '@/core/fleet/runs'
import { timesOf } from '@/core/fleet/times'
import type { Order } from '@/core/fleet/grid'
import { phaseOf, phaseWord } from '@/core/phase/phase'
import { Cells } from './Cells'
import classes from './grid.module.css'

const route = getRouteApi('/fleet')

interface ColumnsProps {
  /** Oldest first. */
  executions: readonly Execution[]
  order: Order
  /** The one that is pointed at; null: none of them. */
  at: number | null
}

/** Pixels that its cells have. */
const HEIGHT = 38

const FACTS = [
  { order: 'failures', name: 'Failed', told: 'How often it has failed' },
  {
    order: 'flakiness',
    name: 'Flaky',
    told: 'How often it came out otherwise than the time before, or had to be tried again',
  },
  { order: 'median', name: 'Median', told: 'Of how long it took to succeed' },
] as const

/** The head of the grid: the executions themselves, and what rows can be sorted by. A line between
 * two of them: from there on it was another version.
 */
export const Columns = memo(function Columns({ executions, order, at }: ColumnsProps) {
  const bars = useMemo(() => barsOf(executions), [executions])
  const turns = executions.flatMap(({ entity }, column) =>
    column > 0 && executions[column - 1]?.entity.version !== entity.version ? [column] : [],
  )
  const zone = useZone()
  const times = useMemo(
    () =>
      timesOf(
        executions.map(({ created }) => created),
        zone,
      ),
    [executions, zone],
  )
  const pointed = at === null ? undefined : executions[at]
  return (
    <div role="row" aria-rowindex={1} className={classes.head}>
      <Sort order="order" current={order} name="Node" told="As the nodes stand in their graph" />
      <Cells
        row={-1}
        bars={bars}
        height={HEIGHT}
        turns={turns}
        times={times}
        at={at}
        label={pointed ? `${pointed.id} ${phaseWord(phaseOf(pointed.phase))}` : ''}
      />
      {FACTS.map(fact => (
        <Sort key={fact.order} current={order} {...fact} />
      ))}
    </div>
  )
})

interface SortProps {
  order: Order
  current: Order
  name: string
  told: string
}

function Sort({ order, current, name, told }: SortProps) {
  const navigate = route.useNavigate()
  const isOn = order === current
  const sort = order === 'order' ? '' : order
  return (
    <span
      role="columnheader"
      className={order === 'order' ? classes.corner : classes.factName}
      data-fact={order}
      aria-sort={isOn ? 'descending' : 'none'}
    >
      <button
        type="button"
        className={classes.sort}
        title={told}
        onClick={() => navigate({ search: old => ({ ...old, sort }), replace: true })}
      >
        {name}
        {isOn && <IconArrowDown size={12} aria-hidden />}
      </button>
    </span>
  )
}
