import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Use } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { NodeLink } from '@/components/executions/NodeLink'
import { Name } from '@/components/name/Name'
import type { Column } from '@/components/table/column'
import { DataTable } from '@/components/table/DataTable'
import { Time } from '@/components/time/Time'
import type { Trail } from '@/core/lineage/trail'
import { counted } from '@/core/text/shorten'

/** The same as a list: each value at each place, the latest first. */
export function TrailList({ of }: { of: Trail<Use> }) {
  const rows = useMemo(
    () =>
      of.nodes
        .flatMap(node => (node.kind === 'value' ? node.uses : []))
        .toSorted((a, b) => b.at - a.at),
    [of],
  )
  return (
    <DataTable
      label="Values and where they were made or taken"
      columns={COLUMNS}
      rows={rows}
      rowId={use => [use.execution, use.path, use.made, use.name, use.digest].join()}
      foot={counted(rows.length, 'use')}
    />
  )
}

const COLUMNS: readonly Column<Use>[] = [
  {
    id: 'value',
    name: 'Value',
    width: 180,
    grows: true,
    cell: ({ digest, preview, uri }) => (
      <Link to="/lineage" search={{ digest }}>
        <Name of={preview || uri || digest} kept={10} />
      </Link>
    ),
  },
  {
    id: 'role',
    name: 'Was',
    width: 84,
    cell: ({ made, reused }) => (
      <span className="dim">{made ? (reused ? 'reused' : 'made') : 'taken'}</span>
    ),
  },
  {
    id: 'name',
    name: 'As',
    width: 120,
    from: 640,
    cell: ({ name }) => <span className="mono dim">{name}</span>,
  },
  {
    id: 'entity',
    name: 'By',
    width: 180,
    from: 520,
    cell: ({ entity }) => entity && <EntityLink of={entity} versioned />,
  },
  {
    id: 'where',
    name: 'In',
    width: 180,
    from: 800,
    cell: ({ execution, path }) => <NodeLink execution={execution} path={path} />,
  },
  { id: 'at', name: 'When', width: 110, atEnd: true, cell: ({ at }) => <Time at={at} /> },
]
