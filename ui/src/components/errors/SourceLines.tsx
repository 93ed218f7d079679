import type { Frame } from '@/api/schema'
import { Copy } from '@/components/name/Name'
import { visible } from '@/core/text/visible'
import classes from './SourceLines.module.css'

/** A line of the user's code with those around it, and where it is. */
export function SourceLines({ frame }: { frame: Frame }) {
  const lines = frame.lines.length > 0 ? frame.lines : [{ number: frame.line, text: frame.text }]
  return (
    <figure className={classes.root}>
      <figcaption className={classes.place}>
        <Copy of={visible(`${frame.file}:${frame.line}`)} mono kept={16} />
        <span className="faint">
          in <span className="mono">{visible(frame.function)}</span>
        </span>
      </figcaption>
      {lines.some(line => line.text !== '') && (
        <ol className={classes.lines} start={lines[0]?.number} aria-label="Lines">
          {lines.map(line => (
            <li
              key={line.number}
              className={classes.line}
              aria-current={line.number === frame.line ? 'true' : undefined}
            >
              <span className={classes.number} aria-hidden>
                {line.number}
              </span>
              <code className={classes.code}>{visible(line.text) || ' '}</code>
            </li>
          ))}
        </ol>
      )}
    </figure>
  )
}
