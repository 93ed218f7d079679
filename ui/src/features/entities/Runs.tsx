import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { EntityKey } from '@/api/schema'
import { Fresh } from '@/components/executions/Fresh'
import { useLiveList } from '@/components/executions/useLiveList'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { DataTable } from '@/components/table/DataTable'
import { counted } from '@/core/text/shorten'
import { RUNS } from './runColumns'
import { runsOf } from './runsOf'

/** All its executions, of any version, as they are now. */
export function Runs({ of }: { of: EntityKey }) {
  const navigate = useNavigate()
  const { kind, project, domain, name } = of
  const filter = useMemo(
    () => runsOf({ kind, project, domain, name }),
    [kind, project, domain, name],
  )
  const { list, rows, fresh, take } = useLiveList(filter)
  const [isAtTop, setAtTop] = useState(true)
  return (
    <Loaded of={list}>
      {() => (
        <>
          {rows.length === 0 ? (
            <Empty title="It has not been run yet" />
          ) : (
            <DataTable
              label="Executions"
              columns={RUNS}
              rows={rows}
              rowId={row => row.id}
              onOpen={row => navigate({ to: '/executions/$id', params: { id: row.id } })}
              onScroll={top => setAtTop(top < 8)}
              onEnd={list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined}
              foot={list.hasNextPage ? 'Loading more …' : counted(rows.length, 'execution')}
            />
          )}
          <Fresh count={fresh.length} isOpen={isAtTop} onTake={take} />
        </>
      )}
    </Loaded>
  )
}
