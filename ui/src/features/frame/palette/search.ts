import { queryOptions } from '@tanstack/react-query'
import { client, data } from '@/api/client'
import { NOUNS } from '@/api/entities/queries'
import type { PlaceOf } from '@/api/projects/queries'
import type { EntityKey, Execution } from '@/api/schema'
import type { Asked } from '@/core/palette/asked'

const EACH = 5

export interface Found {
  executions: readonly Execution[]
  entities: readonly { noun: string; key: EntityKey }[]
}

/** What has a text in its name and can be what is asked for. */
export function found({ verb, name }: Asked, place: PlaceOf) {
  return queryOptions({
    queryKey: ['search', verb, name, place],
    queryFn: async ({ signal }): Promise<Found> => {
      const query = { ...place, ...(name && { search: name }), limit: verb ? 2 * EACH : EACH }
      const [executions, ...lists] = await Promise.all([
        verb === 'launch' ? [] : executionsOf(query, verb === 'abort', signal),
        ...nounsOf(verb, name).map(noun =>
          data(client.GET(`/api/v1/${noun}`, { params: { query }, signal })),
        ),
      ])
      const entities = lists.flatMap(page =>
        page.items.map(({ key }) => ({ noun: NOUNS[key.kind], key })),
      )
      return { executions, entities }
    },
    placeholderData: before => before,
    retry: false,
  })
}

/** Lists in which it may be. Until a name is written tasks, which few launch alone, are in none. */
function nounsOf(verb: Asked['verb'], name: string) {
  if (verb === 'abort' || verb === 'copy') return []
  return name ? Object.values(NOUNS) : [NOUNS.workflow, NOUNS.launch_plan]
}

async function executionsOf(
  query: { search?: string; limit: number },
  mustRun: boolean,
  signal: AbortSignal,
): Promise<Execution[]> {
  const all = { ...query, ...(mustRun && { phase: ['RUNNING' as const] }) }
  const page = await data(client.GET('/api/v1/executions', { params: { query: all }, signal }))
  return page.items
}
