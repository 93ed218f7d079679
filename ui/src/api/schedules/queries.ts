import { queryOptions } from '@tanstack/react-query'
import { client, data } from '../client'
import type { PlaceOf } from '../projects/queries'
import type { EntityKey } from '../schema'

export const scheduleKeys = { all: ['schedules'] as const }

/** The schedules of active launch plans, by their next instant. */
export function schedules(place: PlaceOf) {
  return queryOptions({
    queryKey: [...scheduleKeys.all, place],
    queryFn: ({ signal }) =>
      data(client.GET('/api/v1/schedules', { params: { query: place }, signal })),
    refetchInterval: 1500,
  })
}

/** What a launch plan has started lately, and what it starts by itself next. */
export function course(plan: EntityKey) {
  const { project, domain, name, version } = plan
  return queryOptions({
    queryKey: [...scheduleKeys.all, 'course', plan],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/schedules/{project}/{domain}/{name}/course', {
          params: { path: { project, domain, name }, query: { version } },
          signal,
        }),
      ),
  })
}
