import { queryOptions } from '@tanstack/react-query'
import { client, data } from '../client'

/** A project and a domain of it; without one: all. */
export interface PlaceOf {
  project?: string
  domain?: string
}

export const projectKeys = { all: ['projects'] as const }

export const projects = queryOptions({
  queryKey: projectKeys.all,
  queryFn: ({ signal }) => data(client.GET('/api/v1/projects', { signal })),
  staleTime: 60_000,
})
