import { QueriesObserver, type QueryClient, type QueryKey } from '@tanstack/react-query'
import { Store } from '@/api/store'
import { placeKey, type Place } from '@/core/graph/place'
import type { ScopeGraph } from '@/core/graph/shape'

/** How the structure of a scope is read. */
export type GraphQuery = (scope: Place) => {
  queryKey: QueryKey
  queryFn?: unknown
}

/**
 * The structures of the scopes that are open. Which ones these are shows itself only as the outer
 * ones become known, so they are asked for as they come up. Its value counts what has become known.
 */
export class Structures extends Store<number> {
  private readonly observer: QueriesObserver
  private wanted = ''

  constructor(
    private readonly client: QueryClient,
    private readonly query: GraphQuery,
  ) {
    super(0)
    this.observer = new QueriesObserver(client, [])
  }

  readonly graph = (scope: Place): ScopeGraph | undefined =>
    this.client.getQueryData<ScopeGraph>(this.query(scope).queryKey)

  /** Why a structure cannot be had; empty: it can. */
  readonly failed = (scope: Place): string => {
    const error = this.client.getQueryState(this.query(scope).queryKey)?.error
    return error ? error.message : ''
  }

  /** Read these, and keep them up to date. */
  want(scopes: readonly Place[]): void {
    const wanted = scopes.map(placeKey).join()
    if (wanted === this.wanted) return
    this.wanted = wanted
    this.observer.setQueries(scopes.map(scope => this.query(scope) as { queryKey: QueryKey }))
  }

  /** @returns stops it */
  readonly start = (): (() => void) =>
    this.observer.subscribe(() => {
      this.set(this.get() + 1)
    })
}
