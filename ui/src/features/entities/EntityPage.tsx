import { Button, Tabs } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { entity, type EntityKind, type ExactEntity } from '@/api/entities/queries'
import type { Course, EntityKey } from '@/api/schema'
import { course, scheduleKeys } from '@/api/schedules/queries'
import { ActivationSwitch } from '@/components/act/ActivationSwitch'
import { EntityLink, kindWord } from '@/components/entity/EntityLink'
import { PERIOD, useFresh } from '@/components/live/useFresh'
import { Name } from '@/components/name/Name'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { scheduleWords } from '@/core/schedule/words'
import { kindOf, TITLES } from './kind'
import { Overview } from './Overview'
import { workflowOf } from './parameters'
import { Runs } from './Runs'
import { Spec } from './Spec'
import { Structure } from './Structure'
import { VersionSwitch } from './VersionSwitch'
import { Versions } from './Versions'
import classes from './EntityPage.module.css'

const route = getRouteApi('/$noun/$project/$domain/$name')

/** A task, a workflow or a launch plan: what it takes and gives, how it is built, how it has run. */
export function EntityPage() {
  const { noun } = route.useParams()
  const kind = kindOf(noun)
  if (!kind) return <Empty title="There is no such page" />
  return <OfKind kind={kind} />
}

function OfKind({ kind }: { kind: EntityKind }) {
  const { noun, project, domain, name } = route.useParams()
  const { version = '' } = route.useSearch()
  usePlace([{ name: TITLES[kind], to: `/${noun}` }, { name }])
  const key = { kind, project, domain, name, version }
  const isPlan = kind === 'launch_plan'
  const query = useQuery({ ...entity(key), refetchInterval: isPlan && PERIOD })
  if (isPlan) return <Plan of={key} query={query} />
  return <Loaded of={query}>{found => <Whole of={found} />}</Loaded>
}

/** Milliseconds between looks when something happens. */
const SOON = 1000

const VIEWS = ['overview', 'graph', 'executions', 'versions', 'spec'] as const

interface PlanProps {
  of: EntityKey
  query: UseQueryResult<ExactEntity>
}

/** What a launch plan has started, and what it starts next, comes with it. */
function Plan({ of, query }: PlanProps) {
  useFresh(scheduleKeys.all, SOON)
  const plan = useQuery({ ...course(of), refetchInterval: PERIOD })
  return (
    <Loaded of={query}>
      {found => <Loaded of={plan}>{known => <Whole of={found} plan={known} />}</Loaded>}
    </Loaded>
  )
}

interface WholeProps {
  of: ExactEntity
  /** Of a launch plan: what it has started, and what it starts next. */
  plan?: Course | undefined
}

function Whole({ of, plan }: WholeProps) {
  const { view } = route.useSearch()
  const navigate = route.useNavigate()
  const { key, active_version, description } = of.summary
  const workflow = plan && workflowOf(of)
  const shown = VIEWS.find(each => each === view) ?? 'overview'
  const launch = { kind: key.kind, project: key.project, domain: key.domain, name: key.name }
  return (
    <Page
      title={<Name of={key.name} dotted />}
      beside={
        <span className={classes.beside}>
          {kindWord(key.kind)} <VersionSwitch of={of.summary} />
          {workflow && <Launches of={key} workflow={workflow} />}
        </span>
      }
      actions={
        <>
          {plan && (
            <ActivationSwitch
              plan={key}
              activeVersion={active_version}
              schedule={scheduleWords(plan.told)}
            />
          )}
          <Button
            variant="filled"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            renderRoot={props => (
              <Link {...props} to="/launch" search={{ ...launch, version: key.version }} />
            )}
          >
            Launch
          </Button>
        </>
      }
      full={shown !== 'overview'}
    >
      {description && <p className={classes.description}>{description.split('\n')[0]}</p>}
      <Tabs
        value={shown}
        className={classes.tabs}
        onChange={view =>
          navigate({ search: before => ({ ...before, view: view ?? 'overview' }), replace: true })
        }
      >
        <Tabs.List className={classes.list}>
          {VIEWS.map(each => (
            <Tabs.Tab key={each} value={each} className={classes.tab}>
              {each}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview" className={classes.panel}>
          <Overview of={of} plan={plan} />
        </Tabs.Panel>
        <Tabs.Panel value="graph" className={classes.panel} data-fills>
          <Structure of={key} />
        </Tabs.Panel>
        <Tabs.Panel value="executions" className={classes.panel} data-fills>
          <Runs of={key} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" className={classes.panel} data-fills>
          <Versions of={key} />
        </Tabs.Panel>
        <Tabs.Panel value="spec" className={classes.panel} data-fills>
          <Spec of={of} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

/** What a launch plan launches. */
function Launches({ of, workflow }: { of: EntityKey; workflow: string }) {
  return (
    <>
      of <EntityLink of={{ ...of, kind: 'workflow', name: workflow }} versioned />
    </>
  )
}
