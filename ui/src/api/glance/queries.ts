import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { client, data } from '../client'
import { executionKeys } from '../executions/queries'
import type { PlaceOf } from '../projects/queries'

export const glanceKeys = { all: [...executionKeys.lists(), 'glance'] as const }

/** What there is, in one answer. @param since from then on failures are news; none: for a day */
export function glance(place: PlaceOf, since?: number) {
  const query = { ...place, ...(since && { since }) }
  return queryOptions({
    queryKey: [...glanceKeys.all, query],
    queryFn: ({ signal }) => data(client.GET('/api/v1/glance', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  })
}
