import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { client, data } from '../client'
import type { operations } from '../schema'

export type NodeFilter = Pick<
  NonNullable<operations['get_executions_id_nodes']['parameters']['query']>,
  'phase' | 'search'
>

const PAGE = 200

/** The node executions of an execution at any depth, by path, as far as a filter finds them. */
export function nodeList(execution: string, filter: NodeFilter) {
  return infiniteQueryOptions({
    queryKey: ['nodes', execution, filter],
    queryFn: ({ pageParam, signal }) =>
      data(
        client.GET('/api/v1/executions/{id}/nodes', {
          params: {
            path: { id: execution },
            query: { ...filter, limit: PAGE, ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })
}
