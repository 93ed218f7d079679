import { useInfiniteQuery } from '@tanstack/react-query'
import { audit } from '@/api/access/queries'
import type { AuditLine } from '@/api/schema'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import type { Column } from '@/components/table/column'
import { DataTable } from '@/components/table/DataTable'
import { Name } from '@/components/name/Name'
import { Time } from '@/components/time/Time'
import classes from './settings.module.css'

const COLUMNS: readonly Column<AuditLine>[] = [
  { id: 'at', name: 'When', width: 124, cell: line => <Time at={line.at} /> },
  { id: 'who', name: 'Who', width: 120, from: 480, cell: line => <Name of={line.who} /> },
  { id: 'what', name: 'What', width: 160, cell: line => <Name of={line.what} mono /> },
  { id: 'on', name: 'On', width: 100, grows: true, cell: line => <Name of={line.on} mono /> },
  {
    id: 'project',
    name: 'Project',
    width: 110,
    from: 700,
    cell: line => <Name of={line.project} />,
  },
  {
    id: 'detail',
    name: 'Detail',
    width: 220,
    grows: true,
    from: 820,
    cell: line => <Name of={line.detail} />,
  },
]

/** Who has changed what, newest first. */
export function Audit() {
  const found = useInfiniteQuery(audit)
  return (
    <div className={classes.audit}>
      <Loaded of={found} loading={<Loading rows={12} />}>
        {({ pages }) => {
          const lines = pages.flatMap(page => page.items)
          return lines.length ? (
            <DataTable
              label="Audit"
              columns={COLUMNS}
              rows={lines}
              rowId={line => String(line.seq)}
              onEnd={found.hasNextPage ? () => found.fetchNextPage() : undefined}
            />
          ) : (
            <Empty title="Nobody has changed anything yet" />
          )
        }}
      </Loaded>
    </div>
  )
}
