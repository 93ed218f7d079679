import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { clock } from '@/api/clock'
import { executionKeys } from '@/api/executions/queries'
import { gateKeys } from '@/api/gates/queries'
import { graphKeys } from '@/api/graph/queries'
import type { Statuses, Timelines } from '@/api/graph/feeds'
import type { Journal } from '@/api/journal/journal'
import { follow, type Message } from '@/api/stream'
import type { ScopeGraph } from '@/core/graph/shape'
import type { JournalEvent } from '@/core/journal/words'
import { throttled } from './throttled'

/** Milliseconds between answers about the same thing: what many look at, and what is larger. */
const SOON = 250
const LATER = 1000

interface Feeds {
  statuses: Statuses
  timelines: Timelines
  journal: Journal
}

/**
 * Keeps a page up to date while its execution runs: whatever happens to it, or to those that it has
 * started, has what is on screen read anew, and no more often than somebody could look.
 *
 * @param from the last line of the journal that is known; null: nothing is followed
 * @returns since when nothing is heard any more; null: it is live
 */
export function useLive(id: string, from: number | null, feeds: Feeds): number | null {
  const client = useQueryClient()
  const [lost, setLost] = useState<number | null>(null)
  const first = useRef(from)
  if (first.current === null) first.current = from
  const isOn = from !== null

  useEffect(() => {
    if (!isOn) return
    const soon = throttled(SOON, () => {
      feeds.statuses.refresh()
      feeds.timelines.refresh()
    })
    const later = throttled(LATER, () => {
      client.invalidateQueries({ queryKey: executionKeys.summaries() })
      client.invalidateQueries({ queryKey: gateKeys.all })
      client.invalidateQueries({ queryKey: graphKeys.allCells })
      client.invalidateQueries({
        queryKey: graphKeys.allGraphs,
        predicate: query => !(query.state.data as ScopeGraph | undefined)?.complete,
      })
    })
    let isBroken = false
    const close = follow({
      path: `/api/v1/executions/${encodeURIComponent(id)}/events`,
      after: String(first.current ?? 0),
      onMessages: messages => {
        feeds.journal.add(messages.map(parsed))
        soon.act()
        later.act()
      },
      onState: state => {
        setLost(state === 'open' ? null : clock.now())
        // What is on screen when it opens first is as old as the line that it goes on from.
        if (state === 'open' && isBroken) {
          soon.act()
          later.act()
        }
        isBroken = state === 'lost'
      },
    })
    return () => {
      close()
      soon.cancel()
      later.cancel()
      // What came last may not have been asked for yet.
      feeds.statuses.refresh()
      feeds.timelines.refresh()
      feeds.journal.later().catch(() => null) // it stays as it is on screen
      client.invalidateQueries({ queryKey: graphKeys.allCells })
    }
  }, [id, isOn, feeds, client])

  return isOn ? lost : null
}

function parsed({ data }: Message): JournalEvent {
  return JSON.parse(data) as JournalEvent
}
