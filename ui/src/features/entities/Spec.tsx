import { useMemo } from 'react'
import type { ExactEntity } from '@/api/entities/queries'
import { CopyButton } from '@/components/name/CopyButton'
import classes from './Spec.module.css'

/** What was compiled of it, as JSON. */
export function Spec({ of: { spec } }: { of: ExactEntity }) {
  const text = useMemo(() => JSON.stringify(spec, null, 2), [spec])
  return (
    // A region that scrolls has to be reached by keyboard too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.root} role="region" aria-label="Spec" tabIndex={0}>
      <div className={classes.copy}>
        <CopyButton text={text} what="the spec" />
      </div>
      <pre className={classes.text}>{text}</pre>
    </div>
  )
}
