import { Button } from '@mantine/core'
import { IconBug, IconPencil } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { summary } from '@/api/executions/queries'
import { failureReport, parts } from '@/api/node/queries'
import { RecoverButton } from '@/components/act/RecoverButton'
import { useSite } from '@/components/act/site'
import { AttemptList } from '@/components/attempts/AttemptList'
import { ErrorCard } from '@/components/errors/ErrorCard'
import { useCopy } from '@/components/name/copy'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import { State } from '@/components/states/State'
import { mendingCommands } from '@/core/errors/commands'
import { counted } from '@/core/text/shorten'
import { hasEnded, phaseOf, phaseWord } from '@/core/phase/phase'
import { inWords } from '@/core/values/words'
import { SourceLink } from './CacheTab'
import { runsCode } from './tabs'
import type { Shown } from './useNode'
import classes from './node.module.css'

interface ErrorTabProps {
  of: Shown
  onLogs: (attempt: number) => void
  onInputs: () => void
}

/** Why it failed, and its attempts; of what did not fail how it went. */
export function ErrorTab({ of, onLogs, onInputs }: ErrorTabProps) {
  const last = of.attempts.at(-1)
  const attempts = of.attempts.length > 0 && (
    <section className={of.failure ? classes.part : undefined}>
      {of.failure && <h3 className={classes.title}>Attempts</h3>}
      <AttemptList
        attempts={of.attempts}
        told={of.failure ? last?.number : undefined}
        onLogs={onLogs}
      />
    </section>
  )
  return (
    <div className={classes.scroll}>
      {of.failure ? (
        <Failure of={of} onInputs={onInputs}>
          {attempts}
        </Failure>
      ) : (
        attempts || <Calm of={of} />
      )}
    </div>
  )
}

interface FailureProps {
  of: Shown
  onInputs: () => void
  /** Below it. */
  children: ReactNode
}

function Failure({ of, onInputs, children }: FailureProps) {
  // An attempt that comes later fails anew: it is asked for again.
  const found = useQuery(failureReport(of.of, undefined, of.attempts.length))
  const given = useInfiniteQuery(parts(of.of, 'inputs'))
  const whole = useQuery(summary(of.of.execution))
  const count = of.attempts.length
  // What comes later would push away what is being read.
  if (found.isPending || given.isPending || whole.isPending) return <Loading />
  return (
    <>
      <Loaded of={found} small>
        {report => (
          <ErrorCard
            report={report}
            beside={count > 1 ? `after ${counted(count, 'attempt')}` : undefined}
          >
            <Given of={of} onInputs={onInputs} />
            <Mend of={of} />
          </ErrorCard>
        )}
      </Loaded>
      {children}
    </>
  )
}

const GIVEN = 6

/** What it was given, in a few lines: they lead to all of it. */
function Given({ of, onInputs }: { of: Shown; onInputs: () => void }) {
  const { data } = useInfiniteQuery(parts(of.of, 'inputs'))
  const given = data?.pages[0]?.parts ?? []
  if (given.length === 0) return null
  return (
    <section>
      <h4 className={classes.title}>With</h4>
      <button type="button" className={classes.given} onClick={onInputs}>
        {given.slice(0, GIVEN).map(part => (
          <span key={String(part.key)}>
            {String(part.key)} = {inWords(part.preview)}
          </span>
        ))}
        {given.length > GIVEN && <span>and {given.length - GIVEN} more</span>}
      </button>
    </section>
  )
}

/** Milliseconds between looks whether the execution has ended, which others may show nothing of. */
const PERIOD = 2000

/** What can be done about it. */
function Mend({ of }: { of: Shown }) {
  const { data } = useQuery({
    ...summary(of.of.execution),
    refetchInterval: ({ state }) => (state.data?.execution.ended == null ? PERIOD : false),
  })
  const whole = data?.execution
  const copy = useCopy()
  const site = useSite()
  const commands = mendingCommands(of.of.execution, of.of.path, site.url)
  const isOver = whole !== undefined && hasEnded(phaseOf(whole.phase))
  return (
    <div className={classes.mend}>
      {isOver && <RecoverButton id={of.of.execution} project={whole.entity.project} />}
      {isOver && (
        <Button
          leftSection={<IconPencil size={14} aria-hidden />}
          title={commands.recover}
          onClick={() => copy(commands.recover)}
        >
          Recover on new code
        </Button>
      )}
      {runsCode(of.kind) && (
        <Button
          leftSection={<IconBug size={14} aria-hidden />}
          title={commands.debug}
          onClick={() => copy(commands.debug)}
        >
          Debug here
        </Button>
      )}
    </div>
  )
}

const TOLD: Record<string, string> = {
  PENDING: 'It waits for what comes before it.',
  RUNNING: 'It has no attempts of its own: what is inside it runs.',
  SUCCEEDED: 'It has no attempts of its own: what is inside it ran.',
  SKIPPED: 'The execution did not come this way.',
  ABORTED: 'It was stopped before it began.',
}

/** What has neither attempts nor a failure: how it stands, and where to look further. */
function Calm({ of }: { of: Shown }) {
  return (
    <State
      small
      icon={<PhaseMark phase={of.phase} live={of.live} size={22} />}
      title={phaseWord(of.phase)}
    >
      {of.reused ? (
        <p>
          Nothing was run: its outputs are those of <SourceLink of={of.reused} />
        </p>
      ) : of.child ? (
        <p>
          It has started the execution{' '}
          <Link className="mono" to="/executions/$id" params={{ id: of.child }}>
            {of.child}
          </Link>
        </p>
      ) : (
        <p>{of.kind === 'gate' && of.live ? 'It waits for an answer.' : TOLD[of.phase]}</p>
      )}
    </State>
  )
}
