import { IconBulb } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { FailureReport } from '@/api/schema'
import { CopyButton } from '@/components/name/CopyButton'
import { hintFor } from '@/core/errors/hints'
import { counted } from '@/core/text/shorten'
import { visible } from '@/core/text/visible'
import { CauseChain, NodeLink } from './CauseChain'
import { Clamped } from './Clamped'
import { SourceLines } from './SourceLines'
import classes from './ErrorCard.module.css'

interface ErrorCardProps {
  report: FailureReport
  /** Beside its name: which attempt it was. */
  beside?: ReactNode
  /** Below the source: what it was given, and what mends it. */
  children?: ReactNode
}

/** Why something has failed: the exception, the user's line, what caused it, what helps. */
export function ErrorCard({ report, beside, children }: ErrorCardProps) {
  const { failure, frames, origin } = report
  const last = frames.at(-1)
  const outer = frames.slice(0, -1)
  const hint = hintFor(failure.code)
  return (
    <section className={classes.root} aria-label="Error">
      <header className={classes.head}>
        <h3 className={classes.code}>{visible(failure.code)}</h3>
        {failure.kind === 'SYSTEM' && <span className={classes.tag}>not your code</span>}
        {beside && <span className={classes.beside}>{beside}</span>}
      </header>
      <div className={classes.message}>
        <Clamped text={failure.message} lines={12} />
      </div>
      {origin && (
        <p className={classes.origin}>
          It began at <NodeLink execution={origin.execution} path={origin.path} />
        </p>
      )}
      {last && <SourceLines frame={last} />}
      {outer.length > 0 && (
        <details className={classes.more}>
          <summary>Through {counted(outer.length, 'call')}</summary>
          <div className={classes.frames}>
            {outer.toReversed().map((frame, index) => (
              <SourceLines key={index} frame={frame} />
            ))}
          </div>
        </details>
      )}
      <CauseChain of={failure} />
      {hint && (
        <p className={classes.hint}>
          <IconBulb size={15} aria-hidden />
          <span>{hint}</span>
        </p>
      )}
      {children}
      {failure.traceback && (
        <details className={classes.more}>
          <summary>The whole traceback</summary>
          <div className={classes.copy}>
            <CopyButton text={failure.traceback} what="the traceback" />
          </div>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be reached */}
          <pre className={classes.traceback} tabIndex={0}>
            {visible(failure.traceback)}
          </pre>
        </details>
      )}
    </section>
  )
}
