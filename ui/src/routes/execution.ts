import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { openAhead } from '@/api/openings/queries'
import { one } from '@/core/address/search'
import { root } from './root'

/** What of an execution is shown: its view, the node that is selected and the panel's tab, the
 * attempt, the line of its log and the name of its deck.
 */
const NAMES = ['view', 'node', 'tab', 'attempt', 'line', 'deck'] as const

export type ExecutionSearch = Partial<Record<(typeof NAMES)[number], string>>

function executionSearch(search: Record<string, unknown>): ExecutionSearch {
  const found: ExecutionSearch = {}
  for (const name of NAMES) {
    const value = one(search[name])
    if (value !== undefined) found[name] = value
  }
  return found
}

export const execution = createRoute({
  getParentRoute: () => root,
  path: '/executions/$id',
  validateSearch: executionSearch,
  beforeLoad: ({ cause, params }) => {
    if (cause === 'enter') openAhead(params.id)
  },
  component: lazyRouteComponent(
    () => import('@/features/execution/ExecutionPage'),
    'ExecutionPage',
  ),
})

/** A node's panel as a page of its own. */
export const node = createRoute({
  getParentRoute: () => root,
  path: '/executions/$id/node',
  validateSearch: executionSearch,
  component: lazyRouteComponent(() => import('@/features/node/NodePage'), 'NodePage'),
})
