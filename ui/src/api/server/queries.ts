import { queryOptions } from '@tanstack/react-query'
import { client, data, send } from '../client'
import { problemIn } from '../problem'
import type { Health } from '../schema'

/** How the server is. One that is not well says so with the status 503, which is no problem here. */
export const health = queryOptions({
  queryKey: ['server', 'health'],
  queryFn: async ({ signal }): Promise<Health> => {
    const url = new URL('/readyz', location.origin)
    const response = await send(new Request(url, { signal, cache: 'no-store' }))
    if (response.status !== 200 && response.status !== 503) throw await problemIn(response)
    return (await response.json()) as Health
  },
  refetchInterval: 5000,
})

/** What the server is made of, and who is at work. */
export const system = queryOptions({
  queryKey: ['server', 'system'],
  queryFn: ({ signal }) => data(client.GET('/api/v1/system', { signal })),
  refetchInterval: 2000,
})

/** Whoever asks, and what they may do. Who comes with another token has all read anew. */
export const whoami = queryOptions({
  queryKey: ['server', 'whoami'],
  queryFn: ({ signal }) => data(client.GET('/api/v1/whoami', { signal })),
  staleTime: Infinity,
})
