import { parsePlace, type Place } from '@/core/graph/place'

/** What the address says of the page: all that can be linked to. */
export interface ExecutionSearch {
  view?: string | undefined
  node?: string | undefined
  tab?: string | undefined
  attempt?: string | undefined
  line?: string | undefined
  deck?: string | undefined
}

export const VIEWS = ['graph', 'timeline', 'nodes', 'events'] as const

export type View = (typeof VIEWS)[number]

export function viewOf(search: ExecutionSearch): View {
  return VIEWS.find(view => view === search.view) ?? 'graph'
}

/** The node that is selected; null: none is, and the panel is about the execution. */
export function selectedIn(search: ExecutionSearch, execution: string): Place | null {
  return search.node ? parsePlace(search.node, execution) : null
}
