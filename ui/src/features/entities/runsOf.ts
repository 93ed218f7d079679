import type { ExecutionFilter } from '@/api/executions/queries'
import type { EntityKey } from '@/api/schema'

/** Every execution of an entity, also those that other executions started. */
export function runsOf({
  kind,
  project,
  domain,
  name,
}: Omit<EntityKey, 'version'>): ExecutionFilter {
  return { kind, project, domain, name, children: true }
}
