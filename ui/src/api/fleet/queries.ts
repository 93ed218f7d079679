import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { client, data } from '../client'
import type { ExecutionFilter } from '../executions/queries'

/** Executions of each entity in the overview. */
export const RUNS = 14

export const fleetKeys = {
  all: ['fleet'] as const,
}

/** What has run lately, each with its newest executions. */
export function fleetEntities(filter: ExecutionFilter) {
  return queryOptions({
    queryKey: [...fleetKeys.all, 'entities', filter],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/fleet/entities', {
          params: { query: { ...filter, runs: RUNS } },
          signal,
        }),
      ),
  })
}

interface FleetOf {
  filter: ExecutionFilter
  /** The node whose inside is wanted; empty: the execution itself. */
  scope: string
  /** Executions side by side. */
  limit: number
  /** Where older ones begin. */
  cursor: string
}

/** Executions by what is in a scope of each, newest first. */
export function fleet({ filter, scope, limit, cursor }: FleetOf) {
  return queryOptions({
    queryKey: [...fleetKeys.all, 'grid', filter, scope, limit, cursor],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/fleet', {
          params: { query: { ...filter, scope, limit, ...(cursor && { cursor }) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}
