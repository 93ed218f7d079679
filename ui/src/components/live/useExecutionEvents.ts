import { useEffect, useEffectEvent } from 'react'
import { type ExecutionEvent, type Liveliness, newsOf } from '@/api/news/news'
import { useStore } from '@/api/store'
import { usePlaceFilter } from '@/components/page/place'

/** Follows what happens to all executions of the place that is looked at.
 *
 * @param onEvents told of them in batches; of none when everything may have changed
 * @returns whether it does: where the server has no such stream a page asks now and then
 */
export function useExecutionEvents(onEvents: (events: ExecutionEvent[]) => void): Liveliness {
  const news = newsOf(usePlaceFilter())
  const tell = useEffectEvent(onEvents)
  useEffect(() => news.listen(events => tell(events)), [news])
  return useStore(news)
}
