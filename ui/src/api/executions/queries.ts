import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { client, data } from '../client'
import type { operations, PageExecution } from '../schema'

/** Which executions: as the API takes it. */
export type ExecutionFilter = Omit<
  NonNullable<operations['get_counts_over_time']['parameters']['query']>,
  'buckets'
>

export type ExecutionPage = PageExecution

export const executionKeys = {
  all: ['executions'] as const,
  lists: () => [...executionKeys.all, 'list'] as const,
  summaries: () => [...executionKeys.all, 'summary'] as const,
  one: (id: string) => [...executionKeys.all, 'one', id] as const,
}

export const PAGE = 100
/** Of the newest, which are looked at again and again. */
export const HEAD = 50

/** What a list is sorted by. `duration` has only those that have ended. */
export interface Order {
  sort: 'started' | 'duration' | 'name'
  ascending: boolean
}

export const NEWEST: Order = { sort: 'started', ascending: false }

/** The list of executions, page behind page. The newest come with its beginning. */
export function executionList(filter: ExecutionFilter, order: Order = NEWEST) {
  return infiniteQueryOptions({
    queryKey: [...executionKeys.lists(), filter, order],
    queryFn: async ({ pageParam, signal, client: known }) => {
      const page = await filled(pageParam, cursor =>
        data(
          client.GET('/api/v1/executions', {
            params: {
              query: { ...filter, ...order, limit: PAGE, ...(cursor && { cursor }) },
            },
            signal,
          }),
        ),
      )
      if (order === NEWEST && !pageParam) {
        const head = { ...page, items: page.items.slice(0, HEAD) }
        known.setQueryData(firstExecutions(filter, HEAD).queryKey, head)
      }
      return page
    },
    initialPageParam: '',
    getNextPageParam: page => page.next,
  })
}

/** The first page from a cursor on that has anything: the server looks at so much for each of them,
 * and may find nothing in that. */
async function filled(
  cursor: string,
  read: (cursor: string) => Promise<ExecutionPage>,
): Promise<ExecutionPage> {
  const page = await read(cursor)
  return page.items.length > 0 || page.next === null ? page : filled(page.next, read)
}

/** The first of them. */
export function firstExecutions(filter: ExecutionFilter, limit: number) {
  return queryOptions({
    queryKey: [...executionKeys.lists(), 'first', filter, limit],
    queryFn: ({ signal }) =>
      data(client.GET('/api/v1/executions', { params: { query: { ...filter, limit } }, signal })),
  })
}

/** How many there are in each phase, in all and by the part of a stretch of time in which they were
 * started. */
export function overTime(filter: ExecutionFilter, buckets: number) {
  return queryOptions({
    queryKey: [...executionKeys.lists(), 'over time', filter, buckets],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/counts/over-time', {
          params: { query: { ...filter, buckets } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

export function execution(id: string) {
  return queryOptions({
    queryKey: executionKeys.one(id),
    queryFn: ({ signal }) =>
      data(client.GET('/api/v1/executions/{id}', { params: { path: { id } }, signal })),
  })
}

/** An execution with how far it is. */
export function summary(id: string) {
  return queryOptions({
    queryKey: [...executionKeys.summaries(), id],
    queryFn: ({ signal }) =>
      data(client.GET('/api/v1/executions/{id}/summary', { params: { path: { id } }, signal })),
  })
}
