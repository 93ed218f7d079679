import { queryOptions } from '@tanstack/react-query'
import { client, data } from '../client'

export const gateKeys = {
  all: ['gates'] as const,
  of: (execution: string) => [...gateKeys.all, 'of', execution] as const,
}

/** The gates of an execution, and of those that it has started, that wait for somebody. */
export function gatesOf(execution: string) {
  return queryOptions({
    queryKey: gateKeys.of(execution),
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/executions/{id}/gates', {
          params: { path: { id: execution } },
          signal,
        }),
      ),
    staleTime: Infinity, // whoever shows them hears of a change
  })
}
