import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { executionList } from '@/api/executions/queries'
import type { EntityKey } from '@/api/schema'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { DataTable } from '@/components/table/DataTable'
import { counted } from '@/core/text/shorten'
import { RUNS } from './runColumns'
import { runsOf } from './runsOf'

/** All its executions, of any version. */
export function Runs({ of }: { of: EntityKey }) {
  const navigate = useNavigate()
  const list = useInfiniteQuery(executionList(runsOf(of)))
  return (
    <Loaded of={list}>
      {({ pages }) => {
        const rows = pages.flatMap(page => page.items)
        if (rows.length === 0) return <Empty title="It has not been run yet" />
        return (
          <DataTable
            label="Executions"
            columns={RUNS}
            rows={rows}
            rowId={row => row.id}
            onOpen={row => navigate({ to: '/executions/$id', params: { id: row.id } })}
            onEnd={list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined}
            foot={list.hasNextPage ? 'Loading more …' : counted(rows.length, 'execution')}
          />
        )
      }}
    </Loaded>
  )
}
