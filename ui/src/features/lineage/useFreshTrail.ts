import { useEffect, useEffectEvent } from 'react'
import { lineageKeys } from '@/api/lineage/queries'
import { newsOf } from '@/api/news/news'
import { follow } from '@/api/stream'
import { useFresh } from '@/components/live/useFresh'
import { usePlaceFilter } from '@/components/page/place'

/** Milliseconds after which a lineage is read anew, when something has happened. */
const PERIOD = 1000

/** Keeps lineages true: whenever an execution begins or ends, and with each step of the one that is
 * asked about.
 *
 * @param execution empty: none is, but a value
 */
export function useFreshTrail(execution: string): void {
  const place = usePlaceFilter()
  const { live, read } = useFresh(lineageKeys.all, PERIOD)
  const stepped = useEffectEvent(read)
  const end = live === 'open' ? newsOf(place).end : 0
  useEffect(() => {
    if (!execution || end === 0) return
    const path = `/api/v1/executions/${encodeURIComponent(execution)}/events`
    return follow({ path, after: String(end), onMessages: () => stepped() })
  }, [execution, end])
}
