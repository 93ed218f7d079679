import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client, data } from '../client'
import { projectKeys } from '../projects/queries'
import { queries } from '../query'
import type { MadeToken, NewProject, NewToken } from '../schema'
import { token } from '../token'

export const accessKeys = {
  tokens: ['access', 'tokens'] as const,
  audit: ['access', 'audit'] as const,
}

/** Every token that was ever made, without its secret. */
export const tokens = queryOptions({
  queryKey: accessKeys.tokens,
  queryFn: ({ signal }) => data(client.GET('/api/v1/tokens', { signal })),
})

/** Its secret is in the answer, this once. From the first one on nobody comes in without: whoever has
 * made it goes on with it. */
export async function createToken(body: NewToken): Promise<MadeToken> {
  const isFirst = queries.getQueryData(tokens.queryKey)?.length === 0
  const made = await data(client.POST('/api/v1/tokens', { body }))
  if (isFirst) token.set(made.secret)
  queries.invalidateQueries({ queryKey: accessKeys.tokens })
  return made
}

export async function revokeToken(name: string): Promise<void> {
  await client.POST('/api/v1/tokens/{name}/revoke', { params: { path: { name } } })
  await queries.invalidateQueries({ queryKey: accessKeys.tokens })
}

export async function createProject(body: NewProject): Promise<void> {
  await client.POST('/api/v1/projects', { body })
  await queries.invalidateQueries({ queryKey: projectKeys.all })
}

/** Who has changed what, newest first. */
export const audit = infiniteQueryOptions({
  queryKey: accessKeys.audit,
  queryFn: ({ pageParam, signal }) =>
    data(
      client.GET('/api/v1/audit', {
        params: { query: { limit: 100, ...(pageParam && { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: '',
  getNextPageParam: page => page.next,
})
