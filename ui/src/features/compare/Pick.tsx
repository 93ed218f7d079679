import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import {
  execution,
  executionKeys,
  firstExecutions,
  type ExecutionFilter,
} from '@/api/executions/queries'
import type { Execution } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { FirstSteps } from '@/components/executions/FirstSteps'
import { PERIOD, useFresh } from '@/components/live/useFresh'
import { Copy } from '@/components/name/Name'
import { Page } from '@/components/page/Page'
import { usePlaceFilter } from '@/components/page/place'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import type { Column } from '@/components/table/column'
import { DataTable } from '@/components/table/DataTable'
import { Duration } from '@/components/time/Duration'
import { Time } from '@/components/time/Time'
import { phaseOf } from '@/core/phase/phase'
import classes from './compare.module.css'

const MOST = 100
/** Milliseconds between looks when something happens. */
const SOON = 1000

const route = getRouteApi('/compare')

/** Which executions are to be compared: the second one is one of the same entity. */
export function Pick({ chosen }: { chosen: string }) {
  const first = useQuery({ ...execution(chosen), enabled: chosen !== '' })
  if (!chosen) return <List filter={{}} chosen="" />
  return (
    <Loaded of={first}>
      {({ entity: { kind, project, domain, name } }) => (
        <List filter={{ kind, project, domain, name, children: true }} chosen={chosen} />
      )}
    </Loaded>
  )
}

interface ListProps {
  filter: ExecutionFilter
  /** Whatever is chosen already. */
  chosen: string
}

function List({ filter, chosen }: ListProps) {
  const place = usePlaceFilter()
  const navigate = route.useNavigate()
  useFresh(executionKeys.lists(), SOON)
  const query = useQuery({
    ...firstExecutions({ ...place, ...filter }, MOST),
    refetchInterval: PERIOD,
  })
  const choose = (id: string) =>
    navigate({ search: chosen ? { left: id, right: chosen } : { right: id } })
  return (
    <Page
      title="Compare"
      beside={
        chosen ? (
          <>
            <span className="mono">{chosen}</span> with which other one?
          </>
        ) : (
          'Which execution?'
        )
      }
      full
    >
      <div className={classes.list}>
        <Loaded of={query} loading={<Loading rows={12} />}>
          {({ items }) => {
            const rows = items.filter(each => each.id !== chosen)
            if (rows.length > 0) {
              return (
                <DataTable
                  label="Executions to compare"
                  columns={columns(choose)}
                  rows={rows}
                  rowId={row => row.id}
                  onOpen={row => choose(row.id)}
                />
              )
            }
            if (!chosen) return <FirstSteps />
            return (
              <Empty title="There is no other execution of it">
                Run it again with other inputs, or another version of it.
              </Empty>
            )
          }}
        </Loaded>
      </div>
    </Page>
  )
}

function columns(choose: (id: string) => void): Column<Execution>[] {
  return [
    {
      id: 'phase',
      name: 'Phase',
      width: 128,
      cell: row => <PhaseMark phase={phaseOf(row.phase)} live={row.driven} word />,
    },
    {
      id: 'id',
      name: 'Execution',
      width: 170,
      cell: row => (
        <button type="button" className={classes.choice} onClick={() => choose(row.id)}>
          {row.id}
        </button>
      ),
    },
    {
      id: 'entity',
      name: 'Runs',
      width: 180,
      grows: true,
      from: 520,
      cell: row => <EntityLink of={row.entity} versioned />,
    },
    {
      id: 'version',
      name: 'Version',
      width: 130,
      from: 800,
      cell: row => <Copy of={row.entity.version} mono />,
    },
    {
      id: 'duration',
      name: 'Duration',
      width: 96,
      atEnd: true,
      from: 640,
      cell: row => <Duration from={row.created} to={row.ended} />,
    },
    { id: 'at', name: 'Started', width: 116, atEnd: true, cell: row => <Time at={row.created} /> },
  ]
}
