import { useRef, useState } from 'react'
import { logUrl, type LogOf } from '@/api/logs/log'
import { save } from '@/api/node/content'
import { Failed } from '@/components/states/Failed'
import { Loading } from '@/components/states/Loading'
import { State } from '@/components/states/State'
import { from } from '@/core/logs/levels'
import { LogLines, type LogHandle } from './LogLines'
import { LogTools, type LogChoice } from './LogTools'
import { useLog } from './useLog'
import { useMatches } from './useMatches'
import classes from './LogView.module.css'

interface LogViewProps {
  execution: string
  path: string
  attempt: number
  /** Where it opens, unless at a line. */
  start?: 'top' | 'end'
  /** Number of the line that is shown and marked. */
  line?: number | undefined
  onLine?: ((line: number) => void) | undefined
}

const EVERYTHING: LogChoice = { streams: [], level: undefined, wrap: false, times: false }

/** The log of an attempt: followed while it grows, searched, filtered; as long as it may be. */
export function LogView({ execution, path, attempt, start = 'top', line, onLine }: LogViewProps) {
  const [choice, setChoice] = useState(EVERYTHING)
  const [follow, setFollow] = useState(start === 'end' && line === undefined)
  const of: LogOf = {
    execution,
    path,
    attempt,
    streams: choice.streams,
    levels: choice.level ? from(choice.level) : [],
  }
  const [log, state] = useLog(of)
  const matches = useMatches(log, JSON.stringify(of), state.complete)
  const lines = useRef<LogHandle>(null)
  const isFiltered = choice.streams.length > 0 || choice.level !== undefined

  const go = (step: 1 | -1) => {
    const position = matches.go(step)
    if (position === undefined) return
    setFollow(false)
    lines.current?.show(position)
  }

  return (
    <div className={classes.root}>
      <LogTools
        choice={choice}
        onChoice={setChoice}
        matches={matches}
        onGo={go}
        follow={state.complete ? undefined : follow}
        onFollow={setFollow}
        onSave={() =>
          void save(logUrl(of), `${execution}-${path.replaceAll('/', '.')}.${attempt}.log`)
        }
      />
      {state.error !== undefined && state.total === undefined ? (
        <Failed error={state.error} small />
      ) : state.total === undefined ? (
        <div className={classes.loading}>
          <Loading rows={10} />
        </div>
      ) : state.total === 0 ? (
        <Nothing filtered={isFiltered} complete={state.complete} />
      ) : (
        <LogLines
          ref={lines}
          log={log}
          state={state}
          label={`Log of attempt ${attempt}`}
          search={matches.searched}
          times={choice.times}
          wrap={choice.wrap}
          follow={follow}
          onFollow={setFollow}
          line={line}
          // Of a part of the lines nobody knows at which position one is.
          opensAt={line === undefined || isFiltered ? undefined : line - 1}
          match={matches.current < 0 ? undefined : matches.at[matches.current]}
          onLine={onLine}
        />
      )}
    </div>
  )
}

function Nothing({ filtered, complete }: { filtered: boolean; complete: boolean }) {
  if (filtered)
    return (
      <State small title="No line is like that">
        Others are there: change the filter.
      </State>
    )
  if (!complete)
    return (
      <State small title="Nothing yet">
        What it prints and logs appears here.
      </State>
    )
  return (
    <State small title="It has printed nothing">
      What a task prints, and what it tells <code className="mono">logging</code>, would be here.
    </State>
  )
}
