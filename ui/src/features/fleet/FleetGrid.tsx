import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ExecutionFilter } from '@/api/executions/queries'
import { fleet, fleetKeys } from '@/api/fleet/queries'
import { EntityLink } from '@/components/entity/EntityLink'
import { executionSuggest } from '@/components/filter/executions'
import { FilterLine } from '@/components/filter/FilterLine'
import type { Suggest } from '@/components/filter/suggest'
import { useFilter } from '@/components/filter/useFilter'
import { useFresh } from '@/components/live/useFresh'
import { Name } from '@/components/name/Name'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import { KEYS } from '@/core/filter/executions'
import { hasEnded, phaseOf } from '@/core/phase/phase'
import { counted } from '@/core/text/shorten'
import classes from './fleet.module.css'
import { Grid } from './Grid'
import { Ages, RUN_COUNTS } from './Ages'
import { Scope } from './Scope'
import { PERIOD } from './period'

const route = getRouteApi('/fleet')

/** Many executions of one entity by their nodes, newest right. */
export function FleetGrid({ name }: { name: string }) {
  usePlace([{ name: 'Fleet', to: '/fleet' }, { name }])
  useFresh(fleetKeys.all, PERIOD)
  const { kind, scope = '', runs, before = '', q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const { filter: found, problems } = useFilter(q)
  const filter: ExecutionFilter = {
    ...found,
    name,
    ...(kind && { kind: kind as NonNullable<ExecutionFilter['kind']> }),
  }
  const limit = RUN_COUNTS.find(each => String(each) === runs) ?? RUN_COUNTS[0]
  const query = useQuery({
    ...fleet({ filter, scope, limit, cursor: before }),
    refetchInterval: ({ state: { data } }) =>
      data?.executions.some(each => !hasEnded(phaseOf(each.phase))) ? PERIOD : false,
  })
  const shown = query.data?.executions ?? []
  const [newest] = shown
  return (
    <Page
      title={newest ? <EntityLink of={newest.entity} /> : <Name of={name} />}
      beside={shown.length > 0 && `${counted(shown.length, 'execution')}, newest right`}
      actions={<Ages limit={limit} next={query.data?.next ?? null} />}
      full
    >
      <div className={classes.tools}>
        <FilterLine
          value={q}
          onChange={line => navigate({ search: old => ({ ...old, q: line, before: '' }) })}
          suggest={SUGGEST}
          problems={problems}
          placeholder="version:7f3c… started:7d label:team=ml phase:failed,succeeded"
        />
      </div>
      <Scope scope={scope} />
      <div className={classes.list}>
        <Loaded of={query} loading={<Loading rows={12} />}>
          {data =>
            data.executions.length === 0 ? (
              <Empty title="No execution is like that">
                Take something out of the filter, or look in another project.
              </Empty>
            ) : (
              <Grid of={data} scope={scope} />
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

/** What is shown is of one entity already. */
const GIVEN = ['workflow', 'task', 'plan']

const SUGGEST: Suggest = {
  ...executionSuggest,
  name: 'fleet',
  keys: Object.fromEntries(Object.entries(KEYS).filter(([key]) => !GIVEN.includes(key))),
}
