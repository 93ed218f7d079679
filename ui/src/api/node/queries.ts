import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Place } from '@/core/graph/place'
import { client, data } from '../client'
import type { operations } from '../schema'

export type Side = 'inputs' | 'outputs'

/** A part of a value: one of the inputs or outputs, and positions of parts on the way into it. */
export interface Way {
  name: string
  at: readonly number[]
}

export const nodeKeys = {
  all: ['node'] as const,
  one: (of: Place) => [...nodeKeys.all, of.execution, of.path] as const,
}

/** Why it has failed, or an attempt of it. `attempts`: how many there were, for a later one fails anew. */
export function failureReport(of: Place, attempt: number | undefined, attempts: number) {
  return queryOptions({
    queryKey: [...nodeKeys.one(of), 'failure', attempt ?? 0, attempts],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/executions/{id}/failure', {
          params: {
            path: { id: of.execution },
            query: { path: of.path, ...(attempt !== undefined && { attempt }) },
          },
          signal,
        }),
      ),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })
}

/** What it carries out: that never changes. */
export function definition(of: Place) {
  return queryOptions({
    queryKey: [...nodeKeys.one(of), 'definition'],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/executions/{id}/definition', {
          params: { path: { id: of.execution }, query: { path: of.path } },
          signal,
        }),
      ),
    staleTime: Infinity,
  })
}

/** Why it was found in the cache, or had to run. */
export function explanation(of: Place) {
  return queryOptions({
    queryKey: [...nodeKeys.one(of), 'cache'],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/executions/{id}/cache', {
          params: { path: { id: of.execution }, query: { path: of.path } },
          signal,
        }),
      ),
    staleTime: 60_000,
  })
}

/** The most parts of a value that come at a time. */
const PARTS = 100

/** Parts of the inputs or outputs; without a way: these themselves. What is there does not change. */
export function parts(of: Place, side: Side, way?: Way) {
  return infiniteQueryOptions({
    queryKey: [...nodeKeys.one(of), side, way?.name ?? '', way?.at.join('.') ?? ''],
    queryFn: ({ pageParam, signal }) => {
      const query: operations['get_executions_id_values']['parameters']['query'] = {
        path: of.path,
        side,
        start: pageParam,
        limit: PARTS,
        ...(way && { name: way.name, at: way.at.join('.') }),
      }
      return data(
        client.GET('/api/v1/executions/{id}/values', {
          params: { path: { id: of.execution }, query },
          signal,
        }),
      )
    },
    initialPageParam: 0,
    getNextPageParam: page => {
      const next = page.start + page.parts.length
      return page.parts.length > 0 && next < page.length ? next : undefined
    },
    staleTime: Infinity,
  })
}
