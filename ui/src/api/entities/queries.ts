import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client, data } from '../client'
import { type JsonObject, readJson } from '@/core/form/json'
import { objectAt } from '../executions/values'
import type { Entity, EntityKey, operations } from '../schema'

export type EntityKind = EntityKey['kind']
export type EntityFilter = Omit<
  NonNullable<operations['get_tasks']['parameters']['query']>,
  'limit' | 'cursor'
>

/** Where each kind is found, in the API as in the addresses of pages. */
export const NOUNS = {
  task: 'tasks',
  workflow: 'workflows',
  launch_plan: 'launch-plans',
} as const satisfies Record<EntityKind, string>

export const entityKeys = {
  all: ['entities'] as const,
  lists: (kind: EntityKind) => [...entityKeys.all, kind, 'list'] as const,
  one: (key: EntityKey) => [...entityKeys.all, key.kind, key] as const,
}

/** The entities of a kind, page behind page: by name, versions newest first. */
export function entityList(kind: EntityKind, filter: EntityFilter) {
  return infiniteQueryOptions({
    queryKey: [...entityKeys.lists(kind), filter],
    queryFn: ({ pageParam, signal }) =>
      data(
        client.GET(`/api/v1/${NOUNS[kind]}`, {
          params: { query: { ...filter, limit: 200, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: page => page.next,
  })
}

/** An entity with its values as JSON that loses nothing: 1.0 is not 1. */
export type ExactEntity = Omit<Entity, 'defaults' | 'fixed'> & {
  defaults: JsonObject
  fixed: JsonObject
}

/** One of them as it is answered. Without a version the newest, of a launch plan the active one. */
export async function entityText(key: EntityKey, signal: AbortSignal): Promise<string> {
  const { kind, version, ...path } = key
  const url = `/api/v1/${NOUNS[kind]}/{project}/{domain}/{name}` as const
  const how = { parseAs: 'text', signal } as const
  return data(
    version
      ? client.GET(`${url}/{version}`, { params: { path: { ...path, version } }, ...how })
      : client.GET(url, { params: { path }, ...how }),
  )
}

/** One of them. */
export function entity(key: EntityKey) {
  return queryOptions({
    queryKey: entityKeys.one(key),
    queryFn: async ({ signal }): Promise<ExactEntity> => {
      const text = await entityText(key, signal)
      const tree = readJson(text)
      const values = { defaults: objectAt(tree, 'defaults'), fixed: objectAt(tree, 'fixed') }
      return { ...(JSON.parse(text) as Entity), ...values }
    },
    // A version never changes; which one is the newest, or active, does.
    staleTime: key.kind !== 'launch_plan' && key.version ? Infinity : 2000,
  })
}

/** What is different between two versions of an entity. */
export function entityDiff(
  { kind, project, domain, name }: EntityKey,
  left: string,
  right: string,
) {
  return queryOptions({
    queryKey: [...entityKeys.all, kind, 'diff', project, domain, name, left, right],
    queryFn: ({ signal }) =>
      data(
        client.GET('/api/v1/diff', {
          params: { query: { kind, project, domain, name, left, right } },
          signal,
        }),
      ),
    staleTime: Infinity,
  })
}
