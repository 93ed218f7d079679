import { Button } from '@mantine/core'
import { useElementSize, useMergedRef } from '@mantine/hooks'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { Statuses, Timelines } from '@/api/graph/feeds'
import type { Opened } from '@/components/graph/opened'
import { useNow } from '@/components/time/now'
import { lastOf, placeKey, placeOf, type Place } from '@/core/graph/place'
import { isMore, lines, type Line } from '@/core/timeline/rows'
import type { Span } from '@/core/timeline/span'
import { Axis } from './Axis'
import { heightOf, LineRow } from './LineRow'
import classes from './timeline.module.css'
import { useDrag } from './useDrag'

interface TimelineViewProps {
  root: Place
  feed: Timelines
  statuses: Statuses
  opened: Opened
  /** What a node is called; empty: nobody knows. */
  titleOf: (key: string) => string
  /** The execution that a launch plan has started; empty: none. */
  childOf: (key: string) => string
  created: number
  ended: number | null
  /** The stretch that is shown first; null: all of it. */
  opensAt: Span | null
  /** Told of another one that is shown. */
  onSpan: (span: Span | null) => void
  selected: string
  onSelect: (place: Place) => void
  critical: ReadonlySet<string> | null
}

/** When each node did what: a line a node, its attempts split into their stages. A stretch that is
 * dragged over is looked at more closely. */
export function TimelineView(props: TimelineViewProps) {
  const { root, feed, statuses, opened, titleOf, childOf, created, ended } = props
  const { opensAt, onSpan, selected, onSelect, critical } = props
  const version = useSyncExternalStore(feed.subscribe, feed.get)
  const clock = useNow()
  const now = ended ?? Math.max(clock, created)
  const whole = useMemo((): Span => ({ from: created, to: Math.max(now, created + 0.01) }), [created, now]) // prettier-ignore
  const [chosen, setChosen] = useState(opensAt)
  const span = chosen ?? whole
  const choose = (span: Span | null) => {
    setChosen(span)
    onSpan(span)
  }

  const shown = useMemo(
    () =>
      lines(placeKey(root), {
        rows: scope => {
          const items = feed.items(scope)
          return items && [...items.values()]
        },
        hasMore: scope => feed.hasMore(scope),
        inside: (key, row) => scopeInside(key, row.kind, childOf),
        isOpen: key => opened.isOpen(key),
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `version` says when the feed has changed
    [root, feed, version, opened, childOf],
  )
  const scopes = useMemo(() => {
    const open = shown.filter((line): line is Line => !isMore(line) && line.open === true)
    return [root, ...open.map(line => placeOf(scopeInside(line.key, line.row.kind, childOf)))]
  }, [root, shown, childOf])
  const watched = scopes.map(placeKey).join(' ')
  useEffect(() => {
    feed.watch(watched.split(' ').map(placeOf))
  }, [feed, watched])

  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: index => {
      const line = shown[index]
      return line ? heightOf(line) : 28
    },
    getItemKey: index => shown[index]?.key ?? index,
    overscan: 8,
  })
  const track = useRef<HTMLDivElement>(null)
  const { ref: sized, width } = useElementSize()
  const axis = useMergedRef(track, sized)
  const drag = useDrag(track, span, whole, choose)
  const toggle = useCallback((key: string, isOpen: boolean) => opened.toggle(key, isOpen), [opened])

  return (
    <div className={classes.root}>
      <div ref={scroller} className={classes.scroller}>
        <div className={classes.head}>
          <Legend />
          <div ref={axis} className={classes.axis}>
            <Axis span={span} zero={created} now={ended === null ? now : null} width={width} />
          </div>
        </div>
        <div
          className={classes.lines}
          role="tree"
          aria-label="Timeline"
          style={{ height: virtual.getTotalSize() }}
          {...drag.handlers}
        >
          {virtual.getVirtualItems().map(item => {
            const line = shown[item.index]
            return (
              line && (
                <div
                  key={item.key}
                  role="none"
                  className={classes.place}
                  style={{ translate: `0 ${item.start}px`, height: item.size }}
                >
                  <LineRow
                    line={line}
                    title={isMore(line) ? '' : titleOf(line.key) || lastOf(line.row.path)}
                    child={isMore(line) ? '' : childOf(line.key)}
                    statuses={statuses}
                    span={span}
                    now={now}
                    isSelected={line.key === selected}
                    isDim={critical !== null && !critical.has(line.key)}
                    onSelect={onSelect}
                    onToggle={toggle}
                    onMore={scope => void feed.more(scope).catch(() => undefined)}
                  />
                </div>
              )
            )
          })}
          <div className={classes.over} aria-hidden>
            {drag.area && (
              <i
                className={classes.drag}
                style={{
                  left: `${drag.area.from * 100}%`,
                  width: `${(drag.area.to - drag.area.from) * 100}%`,
                }}
              />
            )}
          </div>
        </div>
      </div>
      {chosen && (
        <Button className={classes.reset} onClick={() => choose(null)}>
          All of it
        </Button>
      )}
    </div>
  )
}

/** The scope inside of a node, by its kind; empty: it has none. */
function scopeInside(key: string, kind: string, childOf: (key: string) => string): string {
  if (kind === 'task' || kind === 'gate') return ''
  if (kind !== 'launch_plan') return key
  const child = childOf(key)
  return child && placeKey({ execution: child, path: '' })
}

const STAGES = ['queued', 'starting', 'running', 'writing'] as const

function Legend() {
  return (
    <div className={classes.legend}>
      {STAGES.map(stage => (
        <span key={stage}>
          <i data-stage={stage} data-phase="SUCCEEDED" />
          {stage}
        </span>
      ))}
    </div>
  )
}
