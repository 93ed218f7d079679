import { infiniteQueryOptions } from '@tanstack/react-query'
import { client, data } from '../client'

/** Two executions, side by side; node executions of a scope page behind page. */
export function comparison(left: string, right: string, scope: string) {
  return infiniteQueryOptions({
    queryKey: ['compare', left, right, scope],
    queryFn: ({ pageParam, signal }) =>
      data(
        client.GET('/api/v1/compare', {
          params: {
            query: { left, right, scope, ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: page => page.next,
  })
}
