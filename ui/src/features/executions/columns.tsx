import type { Execution } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { Told } from '@/components/errors/Told'
import { ExecutionLink } from '@/components/executions/ExecutionLink'
import { Copy } from '@/components/name/Name'
import { PhaseMark } from '@/components/phase/PhaseMark'
import type { Column } from '@/components/table/column'
import { Duration } from '@/components/time/Duration'
import { Time } from '@/components/time/Time'
import { phaseOf } from '@/core/phase/phase'
import { Labels } from './Labels'
import { Cause } from './Cause'

/** Every column that a list of executions can have, in order. */
export const COLUMNS: readonly Column<Execution>[] = [
  {
    id: 'phase',
    name: 'Phase',
    width: 116,
    from: 620,
    cell: row => <PhaseMark phase={phaseOf(row.phase)} live={row.driven} word />,
  },
  {
    id: 'phase',
    name: '',
    width: 34,
    below: 620,
    cell: row => <PhaseMark phase={phaseOf(row.phase)} live={row.driven} />,
  },
  {
    id: 'id',
    name: 'Execution',
    width: 200,
    from: 620,
    cell: row => <ExecutionLink id={row.id} />,
  },
  {
    id: 'id',
    name: 'Execution',
    width: 120,
    below: 620,
    cell: row => <ExecutionLink id={row.id} />,
  },
  {
    id: 'entity',
    name: 'Runs',
    width: 180,
    grows: true,
    from: 620,
    sort: 'name',
    cell: row => <EntityLink of={row.entity} versioned />,
  },
  {
    id: 'entity',
    name: 'Runs',
    width: 180,
    grows: true,
    below: 620,
    sort: 'name',
    cell: row => <EntityLink of={row.entity} versioned short />,
  },
  {
    id: 'version',
    name: 'Version',
    width: 116,
    from: 1100,
    cell: row => <Copy of={row.entity.version} mono />,
  },
  { id: 'cause', name: 'Started by', width: 150, from: 1200, cell: row => <Cause of={row} /> },
  {
    id: 'labels',
    name: 'Labels',
    width: 190,
    from: 980,
    cell: row => <Labels of={row.labels} />,
  },
  {
    id: 'domain',
    name: 'Domain',
    width: 190,
    from: 1100,
    cell: ({ entity }) => (
      <span className="dim">
        {entity.project} / {entity.domain}
      </span>
    ),
  },
  {
    id: 'failure',
    name: 'Failure',
    width: 260,
    from: 1100,
    cell: row => row.failure && <Told text={row.failure.message} />,
  },
  {
    id: 'duration',
    name: 'Duration',
    width: 84,
    atEnd: true,
    from: 480,
    sort: 'duration',
    cell: row => <Duration from={row.created} to={row.ended} />,
  },
  {
    id: 'started',
    name: 'Started',
    width: 96,
    atEnd: true,
    below: 620,
    sort: 'started',
    cell: row => <Time at={row.created} />,
  },
  {
    id: 'started',
    name: 'Started',
    width: 128,
    atEnd: true,
    from: 620,
    sort: 'started',
    cell: row => <Time at={row.created} />,
  },
]

/** Those that are shown unless somebody has chosen. */
export const USUAL = ['phase', 'id', 'entity', 'version', 'labels', 'duration', 'started']
