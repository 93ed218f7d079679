import { queryOptions } from '@tanstack/react-query'
import { decodeCells } from '@/core/graph/cells'
import type { Place } from '@/core/graph/place'
import { readGraph, type EntityKey, type ScopeGraph } from '@/core/graph/shape'
import { client, data } from '../client'
import { NOUNS } from '../entities/queries'

export const graphKeys = {
  allGraphs: ['graph'] as const,
  allCells: ['cells'] as const,
  scope: ({ execution, path }: Place) => [...graphKeys.allGraphs, execution, path] as const,
  cells: ({ execution, path }: Place) => [...graphKeys.allCells, execution, path] as const,
}

/** The structure of a scope of an execution. What is complete never changes. */
export function scopeGraph(scope: Place) {
  return queryOptions({
    queryKey: graphKeys.scope(scope),
    queryFn: ({ signal }) => readScope(scope, signal),
    staleTime: query => (query.state.data?.complete ? Infinity : 2000),
    refetchOnWindowFocus: query => !query.state.data?.complete,
  })
}

export async function readScope(scope: Place, signal: AbortSignal): Promise<ScopeGraph> {
  const answer = await data(
    client.GET('/api/v1/executions/{id}/graph', {
      params: { path: { id: scope.execution }, query: { scope: scope.path } },
      signal,
    }),
  )
  return readGraph(answer)
}

/** The structure of a scope of a registered entity. */
export function entityGraph(key: EntityKey, scope: string) {
  const { kind, project, domain, name, version } = key
  return queryOptions({
    queryKey: ['entities', kind, key, 'graph', scope],
    queryFn: async ({ signal }) =>
      readGraph(
        await data(
          client.GET(`/api/v1/${NOUNS[kind]}/{project}/{domain}/{name}/{version}/graph`, {
            params: { path: { project, domain, name, version }, query: { scope } },
            signal,
          }),
        ),
      ),
    staleTime: Infinity,
  })
}

/** The elements of a map, all of them, a byte each. */
export function mapCells(map: Place) {
  return queryOptions({
    queryKey: graphKeys.cells(map),
    queryFn: async ({ signal }) => {
      const { cells, ...rest } = await data(
        client.GET('/api/v1/executions/{id}/cells', {
          params: { path: { id: map.execution }, query: { path: map.path } },
          signal,
        }),
      )
      return { ...rest, cells: decodeCells(cells) }
    },
  })
}
