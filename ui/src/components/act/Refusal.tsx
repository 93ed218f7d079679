import { IconAlertCircle } from '@tabler/icons-react'
import { Away, ProblemError } from '@/api/problem'
import classes from './act.module.css'

/** Why something was not done. Nothing: it was not tried, or it was done. */
export function Refusal({ error }: { error: unknown }) {
  if (!error) return null
  const { told, hint } = wordsOf(error)
  return (
    <div className={classes.refusal} role="alert">
      <IconAlertCircle size={16} aria-hidden />
      <div>
        <p>{told}</p>
        {hint && <p className={classes.hint}>{hint}</p>}
      </div>
    </div>
  )
}

function wordsOf(error: unknown): { told: string; hint?: string | null | undefined } {
  if (error instanceof Away) {
    return {
      told: 'The server does not answer. Nothing that you typed is lost.',
      hint: 'Try again when it is back: it is done once, however often it is asked for.',
    }
  }
  if (error instanceof ProblemError) return { told: error.problem.detail, hint: error.problem.hint }
  return { told: error instanceof Error ? error.message : 'It has failed, and nobody knows why.' }
}
