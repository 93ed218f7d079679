import type { Execution } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { Told } from '@/components/errors/Told'
import { ExecutionLink } from '@/components/executions/ExecutionLink'
import { PhaseMark } from '@/components/phase/PhaseMark'
import type { Column } from '@/components/table/column'
import { Duration } from '@/components/time/Duration'
import { Time } from '@/components/time/Time'
import { phaseOf } from '@/core/phase/phase'

/** Rows of a table, at most. */
export const MOST = 10

/** Pixels from which on there is room for more than what is needed. */
const ROOM = 560

const mark: Column<Execution> = {
  id: 'phase',
  name: '',
  width: 40,
  cell: row => <PhaseMark phase={phaseOf(row.phase)} live={row.driven} />,
}
const id: Column<Execution> = {
  id: 'id',
  name: 'Execution',
  width: 190,
  from: ROOM,
  cell: row => <ExecutionLink id={row.id} />,
}
const shortId: Column<Execution> = { ...id, width: 112, from: 0, below: ROOM }
const entity: Column<Execution> = {
  id: 'entity',
  name: 'Runs',
  width: 160,
  grows: true,
  from: ROOM,
  cell: row => <EntityLink of={row.entity} versioned />,
}
const shortEntity: Column<Execution> = {
  ...entity,
  from: 0,
  below: ROOM,
  cell: row => <EntityLink of={row.entity} versioned short />,
}

export const RUNNING: readonly Column<Execution>[] = [
  mark,
  id,
  shortId,
  entity,
  shortEntity,
  {
    id: 'note',
    name: '',
    width: 150,
    from: ROOM,
    cell: row =>
      row.driven || row.phase === 'PENDING' ? null : <span className="dim">nobody is at it</span>,
  },
  {
    id: 'duration',
    name: 'For',
    width: 92,
    atEnd: true,
    cell: row => <Duration from={row.created} />,
  },
]

export const FAILED: readonly Column<Execution>[] = [
  mark,
  id,
  shortId,
  { ...entity, width: 150, grows: false },
  shortEntity,
  {
    id: 'failure',
    name: 'Why',
    width: 160,
    grows: true,
    from: ROOM,
    cell: row => row.failure && <Told text={row.failure.message} />,
  },
  {
    id: 'ended',
    name: 'Ended',
    width: 100,
    atEnd: true,
    cell: row => <Time at={row.ended ?? row.created} />,
  },
]
