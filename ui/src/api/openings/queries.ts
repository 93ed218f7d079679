import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { decodeCells } from '@/core/graph/cells'
import type { Place } from '@/core/graph/place'
import { readGraph } from '@/core/graph/shape'
import { client, data } from '../client'
import { execution, summary } from '../executions/queries'
import { gatesOf } from '../gates/queries'
import { byScope, type Answer } from '../graph/feed'
import { type NodeStatus, readStatuses, type Statuses } from '../graph/feeds'
import { mapCells, readScope, scopeGraph } from '../graph/queries'
import { failureReport, nodeKeys, parts, type Side } from '../node/queries'
import type { FailureReport, Parts } from '../schema'

/** Milliseconds between looks at what still changes. */
const PERIOD = 1000

/** How the node executions of each of some scopes stand, by the path of the scope. */
export type ScopeStatuses = ReadonlyMap<string, Answer<NodeStatus>>

/** What was asked for ahead of its page. */
let ahead: { id: string; answer: ReturnType<typeof ask> } | null = null

/** Ask already, while the code of the page comes: it will be the first thing that the page wants. */
export function openAhead(id: string): ReturnType<typeof ask> {
  const answer = ask(id)
  answer.catch(() => null) // the page says it
  ahead = { id, answer }
  return answer
}

function asked(id: string, signal: AbortSignal): ReturnType<typeof ask> {
  const begun = ahead
  ahead = null
  return begun?.id === id ? begun.answer : ask(id, signal)
}

function ask(id: string, signal?: AbortSignal) {
  return data(
    client.GET('/api/v1/executions/{id}/opening', {
      params: { path: { id } },
      ...(signal && { signal }),
    }),
  )
}

/** All that the page of an execution shows first, in one answer. What it is made of is kept as if
 * it had been asked for alone, and so asked for again by whoever wants it anew; what is left are the
 * statuses, which are for one page only.
 */
export function opening(id: string) {
  return queryOptions({
    queryKey: ['openings', id],
    queryFn: async ({ signal, client: known }): Promise<ScopeStatuses> => {
      const answer = await asked(id, signal)
      const root: Place = { execution: id, path: '' }
      known.setQueryData(summary(id).queryKey, answer.summary)
      known.setQueryData(execution(id).queryKey, answer.summary.execution)
      known.setQueryData(gatesOf(id).queryKey, answer.gates)
      if (answer.graph) known.setQueryData(scopeGraph(root).queryKey, readGraph(answer.graph))
      if (answer.failure) keepFailure(known, root, answer.failure, 0)
      keepParts(known, root, 'inputs', answer.inputs)
      keepParts(known, root, 'outputs', answer.outputs)
      return byScope(answer.scopes, readStatuses(answer.statuses))
    },
    staleTime: Infinity,
    gcTime: 0,
  })
}

/** The structure of a scope, and the first time with it all that is shown in it: how what is in it
 * stands, which `statuses` gets to know, or the elements of a map. */
export function scopeOpening(scope: Place, statuses: Statuses) {
  const { execution, path } = scope
  const structure = scopeGraph(scope)
  return queryOptions({
    ...structure,
    queryFn: async ({ signal, client: known }) => {
      if (known.getQueryData(structure.queryKey)) return readScope(scope, signal)
      const answer = await data(
        client.GET('/api/v1/executions/{id}/scope/opening', {
          params: { path: { id: execution }, query: { scope: path } },
          signal,
        }),
      )
      if (answer.cells) {
        const cells = decodeCells(answer.cells.cells)
        known.setQueryData(mapCells(scope).queryKey, { ...answer.cells, cells })
      }
      const each = answer.statuses && byScope(answer.scopes, readStatuses(answer.statuses))
      each?.forEach((answered, path) => statuses.learn({ execution, path }, answered))
      return readGraph(answer.graph)
    },
  })
}

/** The same of a node execution, until it has ended. */
export function nodeOpening(of: Place) {
  return queryOptions({
    queryKey: [...nodeKeys.one(of), 'opening'],
    queryFn: async ({ signal, client: known }) => {
      const answer = await data(
        client.GET('/api/v1/executions/{id}/node/opening', {
          params: { path: { id: of.execution }, query: { path: of.path } },
          signal,
        }),
      )
      if (answer.failure) keepFailure(known, of, answer.failure, answer.attempts.length)
      keepParts(known, of, 'inputs', answer.inputs)
      return answer
    },
    enabled: of.path !== '',
    refetchInterval: ({ state }) => {
      if (state.status === 'error') return 5 * PERIOD
      return state.data?.node.ended == null ? PERIOD : false
    },
  })
}

function keepFailure(known: QueryClient, of: Place, report: FailureReport, attempts: number): void {
  known.setQueryData(failureReport(of, undefined, attempts).queryKey, report)
}

function keepParts(known: QueryClient, of: Place, side: Side, found: Parts | null): void {
  if (found) known.setQueryData(parts(of, side).queryKey, { pages: [found], pageParams: [0] })
}
