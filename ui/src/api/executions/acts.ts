import { type Json, type JsonObject, writeJson } from '@/core/form/json'
import { entityKeys } from '../entities/queries'
import { client, data } from '../client'
import { gateKeys } from '../gates/queries'
import { readAnew } from '../query'
import { scheduleKeys } from '../schedules/queries'
import type { EntityKey, Execution } from '../schema'
import { executionKeys } from './queries'

/** JSON as it is, ints of any size among it: see `core/form/json`. */
const lossless = {
  bodySerializer: (body: unknown) => writeJson(body as Json),
  headers: { 'content-type': 'application/json' },
}

/** A body of our JSON, in place of the generated type, which knows nothing of inputs. */
function bodyOf(tree: JsonObject | null): never {
  return tree as never
}

/** What is to be started. `record`: packed inputs, in base64, that stay as they were. */
export interface Launch {
  entity: EntityKey
  inputs: JsonObject
  record?: string
  /** Its name and all else; the name makes it safe to send again. */
  options: JsonObject
}

export async function launch({ entity, inputs, record, options }: Launch): Promise<Execution> {
  const body = { entity: { ...entity }, inputs, ...(record && { record }), ...options }
  return changed(data(client.POST('/api/v1/executions', { body: bodyOf(body), ...lossless })))
}

/** Run an execution again, with its inputs but for those that are given anew. */
export function relaunch(id: string, { entity, inputs, options }: Launch): Promise<Execution> {
  const body = { entity: { ...entity }, inputs, ...options }
  return changed(
    data(
      client.POST('/api/v1/executions/{id}/relaunch', {
        params: { path: { id } },
        body: bodyOf(body),
        ...lossless,
      }),
    ),
  )
}

/** Run an execution again from where it failed. `name`: makes it safe to send again. */
export function recover(id: string, name: string): Promise<Execution> {
  return changed(
    data(
      client.POST('/api/v1/executions/{id}/recover', { params: { path: { id } }, body: { name } }),
    ),
  )
}

/** False: it has ended already. */
export function abort(id: string, reason: string): Promise<boolean> {
  return changed(
    data(
      client.POST('/api/v1/executions/{id}/abort', { params: { path: { id } }, body: { reason } }),
    ),
  )
}

export async function signal(id: string, gate: string, value: Json): Promise<void> {
  await changed(
    client.POST('/api/v1/executions/{id}/signal', {
      params: { path: { id } },
      body: bodyOf({ gate, value }),
      ...lossless,
    }),
  )
}

export async function activate(key: EntityKey): Promise<void> {
  await client.POST('/api/v1/launch-plans/activate', { body: key })
  await entitiesChanged()
}

export async function deactivate(key: EntityKey): Promise<void> {
  await client.POST('/api/v1/launch-plans/deactivate', { body: key })
  await entitiesChanged()
}

async function entitiesChanged(): Promise<void> {
  await Promise.all([readAnew(entityKeys.all), readAnew(scheduleKeys.all)])
}

/** What has changed is read anew by all that shows it. */
async function changed<T>(answer: Promise<T>): Promise<T> {
  const found = await answer
  void readAnew(executionKeys.all)
  void readAnew(gateKeys.all)
  return found
}
