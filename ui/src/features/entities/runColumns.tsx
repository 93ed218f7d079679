import type { Execution } from '@/api/schema'
import { ExecutionLink } from '@/components/executions/ExecutionLink'
import { Copy } from '@/components/name/Name'
import { PhaseMark } from '@/components/phase/PhaseMark'
import type { Column } from '@/components/table/column'
import { Duration } from '@/components/time/Duration'
import { Time } from '@/components/time/Time'
import { phaseOf } from '@/core/phase/phase'

/** The columns of the executions of one entity. */
export const RUNS: readonly Column<Execution>[] = [
  {
    id: 'phase',
    name: 'Phase',
    width: 116,
    cell: row => <PhaseMark phase={phaseOf(row.phase)} live={row.driven} word />,
  },
  {
    id: 'id',
    name: 'Execution',
    width: 180,
    grows: true,
    cell: row => <ExecutionLink id={row.id} />,
  },
  {
    id: 'version',
    name: 'Version',
    width: 130,
    from: 560,
    cell: row => <Copy of={row.entity.version} mono />,
  },
  {
    id: 'duration',
    name: 'Duration',
    width: 96,
    atEnd: true,
    from: 420,
    cell: row => <Duration from={row.created} to={row.ended} />,
  },
  {
    id: 'started',
    name: 'Started',
    width: 124,
    atEnd: true,
    cell: row => <Time at={row.created} />,
  },
]
