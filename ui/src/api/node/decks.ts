import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Place } from '@/core/graph/place'
import { client, data } from '../client'
import type { Deck } from '../schema'
import { nodeKeys } from './queries'

/** The decks of an attempt that is over, or is not the newest one: that of the newest come with it. */
export function decks(of: Place, attempt: number) {
  return queryOptions({
    queryKey: [...nodeKeys.one(of), 'decks', attempt],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/executions/{id}/decks', {
          params: { path: { id: of.execution }, query: { path: of.path, attempt } },
          signal,
        }),
      ),
    enabled: attempt > 0,
    staleTime: 30_000,
  })
}

/** The HTML of a deck, as it was when it was last stored. */
export function deckHtml(of: Place, attempt: number, deck: Deck) {
  return queryOptions({
    queryKey: [...nodeKeys.one(of), 'deck', attempt, deck.name, deck.written, deck.size],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/executions/{id}/decks/html', {
          params: {
            path: { id: of.execution },
            query: { path: of.path, attempt, name: deck.name },
          },
          parseAs: 'text',
          signal,
        }),
      ),
    staleTime: Infinity,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
}

/** Where a deck is had: a page that a browser runs nothing of. */
export function deckUrl(of: Place, attempt: number, name: string): string {
  const query = new URLSearchParams({ path: of.path, attempt: String(attempt), name })
  return `/api/v1/executions/${encodeURIComponent(of.execution)}/decks/html?${query.toString()}`
}
