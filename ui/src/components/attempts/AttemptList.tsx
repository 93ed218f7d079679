import { Button } from '@mantine/core'
import { IconFileText } from '@tabler/icons-react'
import type { Attempt } from '@/api/schema'
import { Clamped } from '@/components/errors/Clamped'
import { Copy } from '@/components/name/Name'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Duration } from '@/components/time/Duration'
import { useNow } from '@/components/time/now'
import { Time } from '@/components/time/Time'
import { stages } from '@/core/attempts/stages'
import { hasEnded, phaseOf } from '@/core/phase/phase'
import { visible } from '@/core/text/visible'
import { StageBar } from './StageBar'
import classes from './AttemptList.module.css'

interface AttemptListProps {
  attempts: readonly Attempt[]
  /** The attempt whose failure stands above already. */
  told?: number | undefined
  onLogs: (attempt: number) => void
}

/** Attempts, the newest first, their bars on one scale. */
export function AttemptList({ attempts, told, onLogs }: AttemptListProps) {
  const now = useNow()
  const split = attempts.map(attempt => ({ attempt, stages: stages(attempt, now) })).reverse()
  const lengths = split.map(each => (each.stages.at(-1)?.to ?? 0) - (each.stages[0]?.from ?? 0))
  const scale = Math.max(...lengths, 0.001)
  return (
    <ol className={classes.root}>
      {split.map(({ attempt, stages: parts }) => (
        <li key={attempt.number} className={classes.attempt} data-phase={phaseOf(attempt.phase)}>
          <Head attempt={attempt} onLogs={onLogs} />
          <StageBar stages={parts} scale={scale} />
          {attempt.failure && attempt.number !== told && (
            <div className={classes.failure}>
              <span className={classes.code}>{visible(attempt.failure.code)}</span>{' '}
              <Clamped text={attempt.failure.message} lines={2} />
            </div>
          )}
        </li>
      ))}
    </ol>
  )
}

function Head({ attempt, onLogs }: { attempt: Attempt; onLogs: (attempt: number) => void }) {
  const phase = phaseOf(attempt.phase)
  return (
    <header className={classes.head}>
      <span className={classes.name}>
        <PhaseMark phase={phase} live={!hasEnded(phase)} />
        Attempt {attempt.number}
      </span>
      <Duration from={attempt.created} to={attempt.ended} />
      <span className={classes.when}>
        <Time at={attempt.created} />
      </span>
      {attempt.executor && <span className={classes.where}>{attempt.executor}</span>}
      {attempt.by && (
        <span className={classes.by} title="The engine that carried it out">
          <Copy of={attempt.by} mono />
        </span>
      )}
      <Button
        className={classes.logs}
        size="compact-xs"
        variant="subtle"
        leftSection={<IconFileText size={13} aria-hidden />}
        onClick={() => onLogs(attempt.number)}
      >
        Logs
      </Button>
    </header>
  )
}
