import { IconHandStop } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Execution, Summary } from '@/api/schema'
import { AbortButton } from '@/components/act/AbortButton'
import { CopyAs } from '@/components/act/CopyAs'
import { RecoverButton } from '@/components/act/RecoverButton'
import { RelaunchMenu } from '@/components/act/RelaunchMenu'
import { EntityLink } from '@/components/entity/EntityLink'
import { CompareLink } from '@/components/executions/CompareLink'
import { useCopy } from '@/components/name/copy'
import { Copy } from '@/components/name/Name'
import { useOffer } from '@/components/page/commands'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Duration } from '@/components/time/Duration'
import { Time } from '@/components/time/Time'
import { executionSnippets } from '@/core/copy/snippets'
import { term } from '@/core/filter/line'
import type { Place } from '@/core/graph/place'
import { phaseOf } from '@/core/phase/phase'
import { counted, shorten } from '@/core/text/shorten'
import { visible } from '@/core/text/visible'
import classes from './execution.module.css'
import { Progress } from './Progress'
import type { ExecutionView } from './useView'
import { ValuesLine } from './ValuesLine'

interface ExecutionHeaderProps {
  view: ExecutionView
  summary: Summary
  isLive: boolean
  onSelect: (place: Place) => void
}

/** What an execution is, how far it is, and with what; in three lines. */
export function ExecutionHeader({ view, summary, isLive, onSelect }: ExecutionHeaderProps) {
  const { execution } = summary
  const { entity } = execution
  const phase = phaseOf(execution.phase)
  return (
    <header className={classes.header}>
      <div className={classes.top}>
        <h1 className={classes.title}>
          <EntityLink of={entity} versioned />
        </h1>
        <span className={classes.id}>
          <Copy of={execution.id} mono />
        </span>
        <span className={classes.phase}>
          <PhaseMark phase={phase} live={isLive} size={16} word />
          <Duration from={execution.created} to={execution.ended} />
        </span>
        <Actions execution={execution} isLive={isLive} />
      </div>
      <div className={classes.facts}>
        <Progress view={view} summary={summary} />
        <span>
          started <Time at={execution.created} />
        </span>
        {entity.version && (
          <span>
            version <Copy of={entity.version} mono />
          </span>
        )}
        <Origin execution={execution} />
        <Waiting summary={summary} onSelect={onSelect} />
        <Labels labels={execution.labels} />
        {!execution.driven && isLive && (
          <span className={classes.warning}>nobody drives it: its process is gone</span>
        )}
      </div>
      <div className={classes.values}>
        <ValuesLine of={execution.id} side="inputs" />
        {execution.ended !== null && phase === 'SUCCEEDED' && (
          <ValuesLine of={execution.id} side="outputs" />
        )}
      </div>
    </header>
  )
}

/** What can be done with it. */
function Actions({ execution, isLive }: { execution: Execution; isLive: boolean }) {
  const { id, phase } = execution
  const { project } = execution.entity
  const copy = useCopy()
  useOffer([{ name: `Copy the id ${id}`, run: () => copy(id) }])
  return (
    <span className={classes.actions}>
      {isLive && <AbortButton ids={[id]} project={project} />}
      {!isLive && phase !== 'SUCCEEDED' && <RecoverButton id={id} project={project} />}
      <RelaunchMenu of={[execution]} project={project} />
      <CompareLink id={id} />
      <CopyAs of={site => executionSnippets(site, id)} />
    </span>
  )
}

/** Who or what has started it. */
function Origin({ execution }: { execution: Execution }) {
  const { by, entity, parent, parent_path: path, recovers, scheduled } = execution
  return (
    <>
      {parent && (
        <span>
          by{' '}
          <Link
            to="/executions/$id"
            params={{ id: parent }}
            search={before => ({ ...before, node: path })}
          >
            <span className="mono">
              {parent}/{path}
            </span>
          </Link>
        </span>
      )}
      {scheduled != null && (
        <span>
          by schedule {shorten(entity.name, 24)} for <Time at={scheduled} full />
        </span>
      )}
      {by && !parent && <span>by {visible(by)}</span>}
      {recovers && (
        <span>
          recovers{' '}
          <Link to="/executions/$id" params={{ id: recovers }}>
            <span className="mono">{recovers}</span>
          </Link>
        </span>
      )}
    </>
  )
}

/** The gates that wait for somebody, each a step to it. */
function Waiting({ summary, onSelect }: Pick<ExecutionHeaderProps, 'summary' | 'onSelect'>) {
  const { gates, execution } = summary
  const [first] = gates
  if (first === undefined) return null
  return (
    <button
      type="button"
      className={classes.waiting}
      onClick={() => onSelect({ execution: execution.id, path: first })}
    >
      <IconHandStop size={14} aria-hidden />
      {counted(gates.length, 'gate')} {gates.length === 1 ? 'waits' : 'wait'} for you
    </button>
  )
}

function Labels({ labels }: { labels: Record<string, string> }) {
  return Object.entries(labels).map(([key, value]) => (
    <Link
      key={key}
      className={classes.label}
      to="/executions"
      search={{ q: term('label', `${key}=${value}`) }}
      title={`Executions with ${key}=${value}`}
    >
      {visible(`${key}=${value}`)}
    </Link>
  ))
}
