import { IconBinaryTree2, IconPlayerPlay, IconPuzzle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { fleetEntities, fleetKeys, RUNS } from '@/api/fleet/queries'
import type { EntityKey, FleetEntity } from '@/api/schema'
import { kindWord } from '@/components/entity/EntityLink'
import { FirstSteps } from '@/components/executions/FirstSteps'
import { useFresh } from '@/components/live/useFresh'
import { Name } from '@/components/name/Name'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { usePlaceFilter } from '@/components/page/place'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import { RunStrip } from '@/components/runs/RunStrip'
import type { Column } from '@/components/table/column'
import { DataTable } from '@/components/table/DataTable'
import { Time } from '@/components/time/Time'
import { hasEnded, phaseOf } from '@/core/phase/phase'
import classes from './fleet.module.css'
import { PERIOD } from './period'

/** What has run lately, the latest first, each with how its newest executions went. */
export function FleetOverview() {
  usePlace([{ name: 'Fleet' }])
  useFresh(fleetKeys.all, PERIOD)
  const place = usePlaceFilter()
  const navigate = useNavigate()
  const query = useQuery(fleetEntities(place))
  return (
    <Page title="Fleet" beside="The newest executions of each workflow, task and launch plan" full>
      <div className={classes.list}>
        <Loaded of={query} loading={<Loading rows={10} />}>
          {rows =>
            rows.length === 0 ? (
              <FirstSteps />
            ) : (
              <DataTable
                label="What has run lately"
                columns={COLUMNS}
                rows={rows}
                rowId={({ entity }) => nameOf(entity)}
                onOpen={({ entity: { kind, name } }) =>
                  navigate({ to: '/fleet', search: { kind, name } })
                }
                foot={`${rows.length} have run lately`}
              />
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

const nameOf = ({ kind, project, domain, name }: EntityKey) => [kind, project, domain, name].join()

const ICONS = { task: IconPuzzle, workflow: IconBinaryTree2, launch_plan: IconPlayerPlay }

const COLUMNS: readonly Column<FleetEntity>[] = [
  {
    id: 'name',
    name: 'Name',
    width: 200,
    grows: true,
    cell: ({ entity }) => <GridLink of={entity} />,
  },
  {
    id: 'domain',
    name: 'Where',
    width: 190,
    from: 900,
    cell: ({ entity }) => (
      <span className="dim">
        {entity.project} / {entity.domain}
      </span>
    ),
  },
  {
    id: 'runs',
    name: `Last ${RUNS} executions`,
    width: 200,
    cell: ({ runs }) => <RunStrip runs={runs} />,
  },
  {
    id: 'failed',
    name: 'Failed',
    width: 84,
    atEnd: true,
    from: 520,
    cell: ({ runs }) => <Failures of={runs} />,
  },
  {
    id: 'phase',
    name: 'The last one',
    width: 116,
    from: 700,
    cell: ({ runs: [newest] }) =>
      newest && (
        <PhaseMark phase={phaseOf(newest.phase)} live={!hasEnded(phaseOf(newest.phase))} word />
      ),
  },
  {
    id: 'started',
    name: 'Started',
    width: 116,
    atEnd: true,
    from: 520,
    cell: ({ runs: [newest] }) => newest && <Time at={newest.created} />,
  },
]

function GridLink({ of }: { of: EntityKey }) {
  const { kind, name } = of
  const Icon = ICONS[kind]
  return (
    <Link className={classes.entity} to="/fleet" search={{ kind, name }}>
      <Icon size={15} aria-label={kindWord(kind)} />
      <Name of={name} dotted />
    </Link>
  )
}

function Failures({ of }: { of: FleetEntity['runs'] }) {
  const failed = of.filter(run => run.phase === 'FAILED').length
  return (
    <span className={`numbers ${failed === 0 ? 'faint' : ''}`}>
      {failed} of {of.length}
    </span>
  )
}
