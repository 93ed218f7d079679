import { queryOptions } from '@tanstack/react-query'
import { client, data } from '../client'

/** Whose lineage: of a value by its digest, of content by its URI, of a node execution. */
export interface LineageOf {
  digest?: string
  uri?: string
  execution?: string
  path?: string
}

export type Way = 'upstream' | 'downstream'

/** Most values at node executions in one answer. */
export const MOST = 1000

export const lineageKeys = { all: ['lineage'] as const }

/** Where something comes from, or what it went into. */
export function lineage(of: LineageOf, way: Way, depth: number) {
  return queryOptions({
    queryKey: [...lineageKeys.all, of, way, depth],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/lineage', {
          params: { query: { ...of, way, depth, limit: MOST } },
          signal,
        }),
      ),
  })
}
