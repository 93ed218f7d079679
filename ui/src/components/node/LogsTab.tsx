import { ActionIcon } from '@mantine/core'
import { IconColumns2 } from '@tabler/icons-react'
import { useState } from 'react'
import { LogView } from '@/components/logs/LogView'
import { State } from '@/components/states/State'
import { hasEnded, phaseOf } from '@/core/phase/phase'
import type { Attempt } from '@/api/schema'
import { AttemptButtons } from './AttemptButtons'
import type { Shown } from './useNode'
import classes from './node.module.css'

interface LogsTabProps {
  of: Shown
  attempt: number | undefined
  onAttempt: (attempt: number) => void
  line: number | undefined
  onLine: (line: number) => void
}

/** The logs of a node's attempts: one of them, or two side by side. */
export function LogsTab({ of, attempt, onAttempt, line, onLine }: LogsTabProps) {
  const [other, setOther] = useState<number>()
  const last = of.attempts.at(-1)
  const shown = of.attempts.find(each => each.number === attempt) ?? last
  if (!shown) {
    return (
      <State small title={of.live ? 'No attempt yet' : 'It needed no attempt'}>
        {of.live
          ? 'Its log is here as soon as it begins.'
          : 'What has not run has printed nothing.'}
      </State>
    )
  }
  const beside = of.attempts.find(each => each.number === other && each !== shown)
  const compare = () => setOther(beside ? undefined : neighbour(of.attempts, shown)?.number)
  return (
    <>
      {of.attempts.length > 1 && (
        <div className={classes.bar} role="toolbar" aria-label="Attempts">
          <AttemptButtons attempts={of.attempts} shown={shown} onChoose={onAttempt} />
          <ActionIcon
            aria-label="Two attempts side by side"
            title="Two attempts side by side"
            aria-pressed={beside !== undefined}
            {...(beside && { variant: 'light', color: 'accent' })}
            onClick={compare}
          >
            <IconColumns2 size={15} aria-hidden />
          </ActionIcon>
        </div>
      )}
      <div className={classes.logs}>
        {beside && (
          <section aria-label={`Attempt ${beside.number}`}>
            <div className={classes.logsOf}>Attempt {beside.number}</div>
            <LogView {...of.code} attempt={beside.number} start={startOf(beside)} />
          </section>
        )}
        <section aria-label={`Attempt ${shown.number}`}>
          {beside && <div className={classes.logsOf}>Attempt {shown.number}</div>}
          <LogView
            key={shown.number}
            {...of.code}
            attempt={shown.number}
            start={startOf(shown)}
            line={line}
            onLine={onLine}
          />
        </section>
      </div>
    </>
  )
}

/** What runs, and what has failed, is of interest at its end. */
function startOf(attempt: Attempt): 'top' | 'end' {
  const phase = phaseOf(attempt.phase)
  return !hasEnded(phase) || phase === 'FAILED' ? 'end' : 'top'
}

function neighbour(attempts: readonly Attempt[], of: Attempt): Attempt | undefined {
  const at = attempts.indexOf(of)
  return attempts[at - 1] ?? attempts[at + 1]
}
