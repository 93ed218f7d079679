import { memo } from 'react'
import type { LogLine } from '@/api/schema'
import { toneOf } from '@/core/logs/levels'
import { visible } from '@/core/text/visible'
import { clock } from '@/core/time/instant'
import { AnsiText } from './AnsiText'
import classes from './LogRow.module.css'

interface LogRowProps {
  line: LogLine | undefined
  search: string
  zone: string
  times: boolean
  wrap: boolean
  /** It is the line that the address names, or the match that was gone to. */
  at: 'line' | 'match' | undefined
  onNumber: ((number: number) => void) | undefined
}

/** More of a line than so many characters is not drawn. */
const LONGEST = 10_000

/** A line of a log. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { line, search, zone, times, wrap, at, onNumber } = props
  if (!line) return <div className={classes.root} aria-busy="true" />
  const { number, stream, level, logger } = line
  const text = line.text.length > LONGEST ? line.text.slice(0, LONGEST) : line.text
  const rest = line.text.length - text.length
  return (
    <div
      className={classes.root}
      data-tone={toneOf(stream, level)}
      data-at={at}
      data-wrap={wrap || undefined}
      title={times ? undefined : `${clock(line.at, zone)} ${stream}`}
    >
      <button
        type="button"
        className={classes.number}
        aria-label={`Link to line ${number}`}
        tabIndex={-1}
        onClick={() => onNumber?.(number)}
      >
        {number}
      </button>
      {times && <span className={classes.time}>{clock(line.at, zone)}</span>}
      <span className={classes.text}>
        {stream === 'stderr' && <span className={classes.stream}>err</span>}
        {level && <span className={classes.level}>{visible(level)}</span>}
        {logger && <span className={classes.logger}>{visible(logger)}</span>}
        <AnsiText text={text} search={search} />
        {rest > 0 && (
          <span className={classes.rest}>… {rest.toLocaleString('en')} more characters</span>
        )}
      </span>
    </div>
  )
})
