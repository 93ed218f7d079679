import { IconAlertCircle } from '@tabler/icons-react'
import type { FormProblem } from '@/core/form/problems'
import classes from './form.module.css'

/** What is wrong with the field above, in the server's words. */
export function Problems({ of, id }: { of: readonly FormProblem[]; id?: string }) {
  if (!of.length) return null
  return (
    <div id={id} className={classes.problems} role="alert">
      {of.map(({ message, hint }) => (
        <p key={message}>
          <IconAlertCircle size={14} aria-hidden />
          <span>
            {message}
            {hint && <span className={classes.hint}>{hint}</span>}
          </span>
        </p>
      ))}
    </div>
  )
}
