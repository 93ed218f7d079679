import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type Ref, useImperativeHandle } from 'react'
import type { Log, LogState } from '@/api/logs/log'
import { useZone } from '@/components/time/zone'
import { LogRow } from './LogRow'
import classes from './LogLines.module.css'

const ROW = 20
/** So far from its end a log counts as at its end, in pixels. */
const NEAR = 24

export interface LogHandle {
  /** Shows the line at a position, in the middle. */
  show: (position: number) => void
}

interface LogLinesProps {
  log: Log
  state: LogState
  label: string
  search: string
  times: boolean
  wrap: boolean
  /** The end is shown as it grows. */
  follow: boolean
  onFollow: (follow: boolean) => void
  /** Number of the line that the address names. */
  line: number | undefined
  /** Position of the line that is gone to at once; none: it begins at its top. */
  opensAt: number | undefined
  /** Position of the match that was gone to. */
  match: number | undefined
  onLine: ((number: number) => void) | undefined
  ref: Ref<LogHandle>
}

/** The lines of a log: those in view are drawn, and those around them are at hand. */
export function LogLines(props: LogLinesProps) {
  const {
    log,
    state,
    label,
    search,
    times,
    wrap,
    follow,
    onFollow,
    line,
    opensAt,
    match,
    onLine,
    ref,
  } = props
  const zone = useZone()
  const viewport = useRef<HTMLDivElement>(null)
  const total = state.total ?? 0
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW,
    overscan: 12,
  })
  const visible = rows.getVirtualItems()
  const first = visible[0]
  const [from, to] = [first?.index ?? 0, visible.at(-1)?.index ?? 0]

  useEffect(() => log.want(from, to), [log, from, to, state.version])
  useEffect(() => {
    if (follow && total > 0) rows.scrollToIndex(total - 1, { align: 'end' })
  }, [rows, follow, total])
  useEffect(() => rows.measure(), [rows, wrap, times])
  useEffect(() => {
    if (opensAt !== undefined) rows.scrollToIndex(opensAt, { align: 'center' })
  }, [rows, opensAt])
  useImperativeHandle(ref, () => ({
    show: position => rows.scrollToIndex(position, { align: 'center' }),
  }))

  const scrolled = () => {
    const element = viewport.current
    if (!element) return
    const left = element.scrollHeight - element.scrollTop - element.clientHeight
    if (follow && left > NEAR * 4) onFollow(false)
    if (!follow && left < NEAR && !state.complete) onFollow(true)
  }

  return (
    <div className={classes.root}>
      <div
        ref={viewport}
        className={classes.viewport}
        role="log"
        aria-live="off"
        aria-label={label}
        tabIndex={0} // eslint-disable-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be reached
        onScroll={scrolled}
        style={{ ['--log-numbers' as string]: `${Math.max(3, String(total).length) + 1}ch` }}
      >
        <div className={classes.all} style={{ height: rows.getTotalSize() }}>
          <div
            className={classes.shown}
            style={{ transform: `translateY(${first?.start ?? 0}px)` }}
          >
            {visible.map(row => {
              const known = log.line(row.index)
              const isLine = line !== undefined && known?.number === line
              return (
                <div key={row.key} data-index={row.index} ref={rows.measureElement}>
                  <LogRow
                    line={known}
                    search={search}
                    zone={zone}
                    times={times}
                    wrap={wrap}
                    at={row.index === match ? 'match' : isLine ? 'line' : undefined}
                    onNumber={onLine}
                  />
                </div>
              )
            })}
          </div>
        </div>
      </div>
    </div>
  )
}
