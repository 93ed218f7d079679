import { Button } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Journal } from '@/api/journal/journal'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Empty } from '@/components/states/Empty'
import { Failed } from '@/components/states/Failed'
import { useZone } from '@/components/time/zone'
import { type Place } from '@/core/graph/place'
import { inWords, phaseIn, type JournalEvent } from '@/core/journal/words'
import { visible } from '@/core/text/visible'
import { phaseOf } from '@/core/phase/phase'
import { absolute, clock } from '@/core/time/instant'
import classes from './events.module.css'
import { useNames } from './useNames'

interface EventsTabProps {
  own: string
  journal: Journal
  /** `seq` of the last line that there was when the page was opened. */
  end: number
  selected: string
  onSelect: (place: Place) => void
}

const HEIGHT = 26

/** The journal in words, the newest line at the end, where it stays in view as lines come. */
export function EventsTab({ own, journal, end, selected, onSelect }: EventsTabProps) {
  const lines = useSyncExternalStore(journal.subscribe, journal.get)
  useEffect(() => void journal.begin(end), [journal, end])
  const scroller = useRef<HTMLDivElement>(null)
  const hasEarlier = !journal.isWhole && lines.length > 0
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    overscan: 12,
    getItemKey: index => lines[index]?.seq ?? index,
    // It opens at its end and stays there; what is read further up does not move, whatever comes.
    initialOffset: () => lines.length * HEIGHT,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: HEIGHT,
    paddingStart: hasEarlier ? HEIGHT : 0,
  })

  const items = virtual.getVirtualItems()
  const shown = items.flatMap(({ index }) => lines[index] ?? []).filter(line => line.path !== '')
  const nameOf = useNames(shown, !virtual.isScrolling)

  if (journal.error && lines.length === 0) return <Failed error={journal.error} />
  if (lines.length === 0 && journal.isWhole) return <Empty small title="Nothing has happened yet" />
  return (
    <div className={classes.root}>
      <div ref={scroller} className={classes.scroller} role="log" aria-label="Events">
        <div className={classes.lines} style={{ height: virtual.getTotalSize() }}>
          {hasEarlier && (
            <Button
              className={classes.earlier}
              variant="subtle"
              size="compact-xs"
              onClick={() => void journal.earlier()}
            >
              Earlier ones
            </Button>
          )}
          {items.map(item => {
            const line = lines[item.index]
            return (
              line && (
                <div
                  key={item.key}
                  className={classes.place}
                  style={{ translate: `0 ${item.start}px` }}
                >
                  <EventLine
                    line={line}
                    own={own}
                    name={line.path && nameOf(line)}
                    isSelected={`${line.execution}:${line.path}` === selected}
                    onSelect={onSelect}
                  />
                </div>
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface EventLineProps {
  line: JournalEvent
  own: string
  name: string
  isSelected: boolean
  onSelect: (place: Place) => void
}

/** A line of the journal: when, of what, and what. */
export function EventLine({ line, own, name, isSelected, onSelect }: EventLineProps) {
  const zone = useZone()
  const phase = phaseIn(line)
  const { execution, path } = line
  return (
    <div className={classes.line} data-selected={isSelected || undefined}>
      <time className={classes.time} title={absolute(line.at, zone)}>
        {clock(line.at, zone)}
      </time>
      <span className={classes.mark}>
        {phase && <PhaseMark phase={phaseOf(phase)} size={12} />}
      </span>
      {path ? (
        <button
          type="button"
          className={classes.name}
          title={path}
          onClick={() => onSelect({ execution, path })}
        >
          {name}{' '}
          <span className="faint mono">{execution === own ? path : `${execution}:${path}`}</span>
        </button>
      ) : (
        <span className={classes.name}>{execution === own ? 'the execution' : execution}</span>
      )}
      <span className={classes.words} title={visible(line.detail)}>
        {inWords(line)}
      </span>
    </div>
  )
}
