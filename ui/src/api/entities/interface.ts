import { queryOptions } from '@tanstack/react-query'
import type { Input } from '@/core/form/types'
import { type Json, type JsonObject, readJson } from '@/core/form/json'
import { client, data } from '../client'
import { objectAt } from '../executions/values'
import type { EntityKey } from '../schema'
import { entityKeys, entityText } from './queries'

/** What a form of an entity is made of. Defaults and fixed inputs are JSON that loses nothing. */
export interface Launchable {
  key: EntityKey
  /** Where its code is, or that of its workflow; empty: nobody knows. */
  module: string
  description: string
  inputs: readonly Input[]
  defaults: JsonObject
  fixed: JsonObject
}

/** An entity as it is launched; without a version the newest, of a launch plan the active one. */
export function launchable(key: EntityKey) {
  return queryOptions({
    queryKey: [...entityKeys.one(key), 'launchable'],
    queryFn: async ({ signal }) => read(await entityText(key, signal)),
    staleTime: 60_000,
  })
}

interface EntityText {
  summary: { key: EntityKey; description: string }
  interface: { inputs?: readonly Input[] }
  spec: { workflow?: string }
}

function read(text: string): Launchable {
  const plain = JSON.parse(text) as EntityText
  const exact: Json = readJson(text)
  return {
    key: plain.summary.key,
    module: moduleOf(plain.spec.workflow ?? plain.summary.key.name),
    description: plain.summary.description,
    inputs: plain.interface.inputs ?? [],
    defaults: objectAt(exact, 'defaults'),
    fixed: objectAt(exact, 'fixed'),
  }
}

/** The same of what an execution is pinned to, which need not be registered: from its bundle. */
export function launchableIn(bundle: string, key: EntityKey) {
  return queryOptions({
    queryKey: ['bundles', bundle, key.kind, key.name, 'launchable'],
    queryFn: async ({ signal }): Promise<Launchable> => {
      const answer = client.GET('/api/v1/bundles/{digest}', {
        params: { path: { digest: bundle } },
        parseAs: 'text',
        signal,
      })
      const found = specOf(JSON.parse(await data(answer)) as BundleText, key)
      return {
        key,
        module: moduleOf(found?.workflow ?? key.name),
        description: found?.description ?? '',
        inputs: found?.interface.inputs ?? [],
        defaults: {},
        fixed: {},
      }
    },
    staleTime: Infinity,
  })
}

/** What is in a module is called by it; a launch plan has a name of its own. */
function moduleOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}

interface SpecText {
  name: string
  /** Of a launch plan. */
  workflow?: string
  description?: string
  interface: { inputs?: readonly Input[] }
}
interface BundleText {
  tasks?: SpecText[]
  workflows?: SpecText[]
  launch_plans?: SpecText[]
}

function specOf(bundle: BundleText, key: EntityKey): SpecText | undefined {
  const specs = { task: bundle.tasks, workflow: bundle.workflows, launch_plan: bundle.launch_plans }
  return specs[key.kind]?.find(each => each.name === key.name)
}
