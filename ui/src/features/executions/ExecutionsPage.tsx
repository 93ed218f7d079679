import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Fresh } from '@/components/executions/Fresh'
import { useLiveList } from '@/components/executions/useLiveList'
import { executionSuggest } from '@/components/filter/executions'
import { FilterLine } from '@/components/filter/FilterLine'
import { useFilter } from '@/components/filter/useFilter'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import { DataTable, type Selection } from '@/components/table/DataTable'
import { counted } from '@/core/text/shorten'
import { BulkBar } from './BulkBar'
import { ColumnMenu } from './ColumnMenu'
import { COLUMNS, USUAL } from './columns'
import classes from './ExecutionsPage.module.css'
import { NoExecutions } from './NoExecutions'
import { orderOf, pressed } from './order'
import { OverTimeStrip } from './OverTimeStrip'
import { PhaseChips } from './PhaseChips'
import { useCounts } from './useCounts'
import { ViewMenu } from './ViewMenu'

const route = getRouteApi('/executions')

/** Every execution: found by the filter line, live, as long as the list may be. */
export function ExecutionsPage() {
  usePlace([{ name: 'Executions' }])
  const { q = '', columns: chosen = '', sort } = route.useSearch()
  const navigate = route.useNavigate()
  const { filter, anyPhase, problems } = useFilter(q)
  const order = useMemo(() => orderOf(sort), [sort])
  const { list, rows, fresh, take } = useLiveList(filter, order)
  const counts = useCounts(anyPhase)
  const [selected, setSelected] = useState<Selection['chosen']>({})
  const [isAtTop, setAtTop] = useState(true)
  const names = chosen ? chosen.split(',') : USUAL
  const columns = useMemo(
    () => COLUMNS.filter(column => (chosen ? chosen.split(',') : USUAL).includes(column.id)),
    [chosen],
  )
  const set = (change: { q?: string; columns?: string; sort?: string }) =>
    navigate({ search: before => ({ ...before, ...change }), replace: 'columns' in change })
  const marked = rows.filter(row => selected[row.id])

  return (
    <Page
      title="Executions"
      beside={<PhaseChips of={counts?.all} line={q} onChange={q => set({ q })} />}
      full
    >
      <div className={classes.tools}>
        <FilterLine
          value={q}
          onChange={q => set({ q })}
          suggest={executionSuggest}
          problems={problems}
          placeholder="phase:failed workflow:train* started:2d label:team=ml input.model:xgb"
        />
        <ViewMenu line={q} onChoose={q => set({ q })} />
        <ColumnMenu chosen={names} onChange={names => set({ columns: names.join(',') })} />
      </div>
      <OverTimeStrip of={counts} line={q} onChange={q => set({ q })} />
      <div className={classes.list}>
        <Loaded of={list} loading={<Loading rows={12} />}>
          {() =>
            rows.length === 0 ? (
              <NoExecutions isFiltered={q !== ''} onClear={() => set({ q: '' })} />
            ) : (
              <DataTable
                label="Executions"
                columns={columns}
                rows={rows}
                rowId={row => row.id}
                onOpen={row => navigate({ to: '/executions/$id', params: { id: row.id } })}
                selection={{ chosen: selected, onChange: setSelected }}
                sorting={{
                  by: order.sort,
                  isAscending: order.ascending,
                  onSort: by => set({ sort: pressed(order, by) }),
                }}
                onScroll={top => setAtTop(top < 8)}
                onEnd={
                  list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined
                }
                foot={list.hasNextPage ? 'Loading more …' : counted(rows.length, 'execution')}
              />
            )
          }
        </Loaded>
        <Fresh count={fresh.length} isOpen={isAtTop && marked.length === 0} onTake={take} />
        {marked.length > 0 && <BulkBar chosen={marked} onClear={() => setSelected({})} />}
      </div>
    </Page>
  )
}
