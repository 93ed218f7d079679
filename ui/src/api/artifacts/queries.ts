import { infiniteQueryOptions } from '@tanstack/react-query'
import { client, data } from '../client'
import type { operations } from '../schema'

/** Which artifacts: as the API takes it. */
export type ArtifactFilter = Omit<
  NonNullable<operations['get_artifacts']['parameters']['query']>,
  'limit' | 'cursor'
>

const PAGE = 100

/** What tasks have made, newest first, page behind page. A page may be empty, and not the last. */
export function artifactList(filter: ArtifactFilter) {
  return infiniteQueryOptions({
    queryKey: ['artifacts', filter],
    queryFn: ({ pageParam, signal }) =>
      data(
        client.GET('/api/v1/artifacts', {
          params: { query: { ...filter, limit: PAGE, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: page => page.next,
  })
}
