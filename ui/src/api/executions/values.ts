import { queryOptions } from '@tanstack/react-query'
import { isObject, type Json, type JsonObject, readJson } from '@/core/form/json'
import { client, data } from '../client'
import { executionKeys } from './queries'

/** The inputs of an execution: as JSON that loses nothing, and as the packed record in base64. */
export interface ExactInputs {
  values: JsonObject
  record: string
}

export function exactInputs(id: string) {
  return queryOptions({
    queryKey: [...executionKeys.one(id), 'inputs', 'exact'],
    queryFn: async ({ signal }): Promise<ExactInputs> => {
      const answer = client.GET('/api/v1/executions/{id}/inputs', {
        params: { path: { id }, query: {} },
        parseAs: 'text',
        signal,
      })
      const tree = readJson(await data(answer))
      const record = at(tree, 'record')
      return { values: objectAt(tree, 'values'), record: typeof record === 'string' ? record : '' }
    },
    staleTime: Infinity,
  })
}

export function objectAt(tree: Json, name: string): JsonObject {
  const found = at(tree, name)
  return isObject(found) ? found : {}
}

function at(tree: Json, name: string): Json | undefined {
  return isObject(tree) ? tree[name] : undefined
}
