import {
  type InfiniteData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useThrottledCallback } from '@mantine/hooks'
import { useCallback, useMemo, useState } from 'react'
import {
  execution,
  type ExecutionFilter,
  executionList,
  type Order,
  type ExecutionPage,
  firstExecutions,
  HEAD,
  NEWEST,
} from '@/api/executions/queries'
import type { Execution } from '@/api/schema'
import type { ExecutionEvent } from '@/api/news/news'
import { useExecutionEvents } from '@/components/live/useExecutionEvents'
import { PERIOD } from '@/components/live/useFresh'
import { merged } from '@/core/lists/merge'

/** Milliseconds between looks when something happens. */
const SOON = 500
/** Milliseconds that a beginning which has just come is not asked for again. */
const FRESH = 5000
/** Executions further down that are read by themselves when something happens to them; when it happens
 * to more of them, or nobody knows to which, the list is read anew where it is. */
const MOST = 20

/** A list of executions that is true now, while none of what is listed moves: what is new waits in
 * `fresh` until `take` puts it on top.
 *
 * @param filter which ones; the same object as long as these are meant
 */
export function useLiveList(filter: ExecutionFilter, order: Order = NEWEST) {
  const client = useQueryClient()
  const pages = executionList(filter, order)
  const list = useInfiniteQuery({
    ...pages,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    meta: { follows: true },
  })
  const listed = useMemo(() => list.data?.pages.flatMap(page => page.items) ?? [], [list.data])
  const [known, setKnown] = useState<ReadonlyMap<string, Execution>>(new Map())

  const first = firstExecutions(filter, HEAD)
  const refresh = useThrottledCallback(
    () => void client.invalidateQueries({ queryKey: first.queryKey }),
    SOON,
  )
  const readBelow = async (events: readonly ExecutionEvent[]) => {
    const heads = new Set(client.getQueryData(first.queryKey)?.items.map(each => each.id))
    const below = new Set(listed.map(each => each.id).filter(id => !heads.has(id)))
    const changed = new Set(events.map(each => each.execution).filter(id => below.has(id)))
    if (changed.size > MOST || events.length === 0) {
      await client.invalidateQueries({ queryKey: pages.queryKey, exact: true })
      setKnown(new Map())
      return
    }
    const read = await Promise.all(
      [...changed].map(id => client.query({ ...execution(id), staleTime: 0 })),
    )
    if (read.length > 0) {
      setKnown(before => new Map([...before, ...read.map(each => [each.id, each] as const)]))
    }
  }
  useExecutionEvents(events => {
    refresh()
    void readBelow(events).catch(() => undefined)
  })

  // The beginning comes with the list. In another order it does not, and it is not known where what is
  // new belongs: it is looked at later, for how those stand that are listed.
  const isNewestFirst = order.sort === NEWEST.sort && order.ascending === NEWEST.ascending
  const head = useQuery({
    ...first,
    refetchInterval: PERIOD,
    enabled: list.data !== undefined,
    staleTime: FRESH,
    ...(!isNewestFirst && { initialData: NOTHING }),
  })
  const { rows, fresh } = useMemo(
    () => merged(listed, known, head.data?.items ?? []),
    [listed, known, head.data],
  )

  /** Puts what is new on top. When so much is new that the head does not reach down to what is
   * listed, the list begins anew. */
  const take = useCallback(() => {
    const { queryKey } = executionList(filter, order)
    if (fresh.length >= HEAD) client.resetQueries({ queryKey, exact: true })
    else client.setQueryData(queryKey, before => before && onTop(before, fresh))
  }, [client, filter, order, fresh])

  return { list, rows, fresh: isNewestFirst ? fresh : NONE, take }
}

const NONE: Execution[] = []
const NOTHING: ExecutionPage = { items: NONE, next: null }

type Pages = InfiniteData<ExecutionPage>

function onTop({ pages, pageParams }: Pages, fresh: readonly Execution[]): Pages {
  const [first, ...others] = pages
  if (!first) return { pages, pageParams }
  return { pages: [{ ...first, items: [...fresh, ...first.items] }, ...others], pageParams }
}
