import { type EntityKind, NOUNS } from '@/api/entities/queries'

/** The kind that an address speaks of; undefined: none is called that. */
export function kindOf(noun: string): EntityKind | undefined {
  const kinds = Object.keys(NOUNS) as EntityKind[]
  return kinds.find(kind => NOUNS[kind] === noun)
}

export const TITLES: Record<EntityKind, string> = {
  task: 'Tasks',
  workflow: 'Workflows',
  launch_plan: 'Launch plans',
}
