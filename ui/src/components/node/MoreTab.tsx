import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { execution } from '@/api/executions/queries'
import { definition } from '@/api/node/queries'
import type { Execution, Node } from '@/api/schema'
import { Copy } from '@/components/name/Name'
import { Duration } from '@/components/time/Duration'
import { Time } from '@/components/time/Time'
import { policyInWords } from '@/core/code/policy'
import { SourceLink } from './CacheTab'
import { type Fact, Facts } from './Facts'
import type { Shown } from './useNode'
import classes from './node.module.css'

/** What else is known: when, where, by which rules, and the ids of it all. */
export function MoreTab({ of }: { of: Shown }) {
  const whole = useQuery({ ...execution(of.of.execution), staleTime: Infinity }) // nothing that changes
  const carried = useQuery(definition(of.of))
  const rules = policyInWords(carried.data?.policy ?? {})
  const last = of.attempts.at(-1)
  return (
    <div className={classes.scroll}>
      {of.node && <Facts of={nodeFacts(of.node)} />}
      {last && (
        <Facts
          of={[
            ['Executor', last.executor],
            ['Engine', last.by && <Copy of={last.by} mono />],
          ]}
        />
      )}
      {rules.length > 0 && (
        <section className={classes.part}>
          <h3 className={classes.title}>How it is carried out</h3>
          <Facts of={rules} />
        </section>
      )}
      {whole.data && (
        <section className={of.of.path ? classes.part : undefined}>
          {of.of.path && <h3 className={classes.title}>Its execution</h3>}
          <Facts of={executionFacts(whole.data)} />
        </section>
      )}
    </div>
  )
}

function nodeFacts(node: Node): Fact[] {
  return [
    ['Path', <Copy key="path" of={node.path} mono kept={16} />],
    ['Kind', node.kind],
    ['Carried out with', node.range && <Copy key="range" of={node.range} mono kept={16} />],
    ['Began', <Time key="began" at={node.created} full />],
    ['Ended', node.ended !== null && <Time at={node.ended} full />],
    ['Took', <Duration key="took" from={node.created} to={node.ended} />],
    ['Cached from', node.cached && <SourceLink of={node.cached} />],
    ['Recovered from', node.recovered && <SourceLink of={node.recovered} />],
    ['Waits until', node.until !== null && node.ended === null && <Time at={node.until} full />],
    ['Started', node.child && <ExecutionLink id={node.child} />],
  ]
}

function executionFacts(of: Execution): Fact[] {
  return [
    ['Id', <Copy key="id" of={of.id} mono />],
    ['Project', `${of.entity.project} / ${of.entity.domain}`],
    ['Started by', of.parent && <SourceLink of={`${of.parent}/${of.parent_path}`} />],
    ['Scheduled for', of.scheduled !== null && <Time at={of.scheduled} full />],
    ['Recovers', of.recovers && <ExecutionLink id={of.recovers} />],
    ['Priority', of.priority !== 0 && of.priority],
    ['At once', of.max_parallelism !== null && `${of.max_parallelism} attempts at most`],
    ...pairFacts('Label', of.labels),
    ...pairFacts('Annotation', of.annotations),
    ['Storage', of.storage && <Copy of={of.storage} mono kept={16} />],
    ['Code in', of.code_folder && <Copy of={of.code_folder} mono kept={20} />],
  ]
}

function pairFacts(word: string, pairs: Record<string, string>): Fact[] {
  return Object.entries(pairs).map(([name, value]) => [
    word,
    <Copy key={name} of={`${name}=${value}`} mono kept={16} />,
  ])
}

function ExecutionLink({ id }: { id: string }) {
  return (
    <Link to="/executions/$id" params={{ id }} className="mono">
      {id}
    </Link>
  )
}
