import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { openAhead } from '@/api/openings/queries'
import { one } from '@/core/address/search'
import { readGraph } from '@/core/graph/shape'
import { root } from './root'

/** What of an execution is shown: its view, the node that is selected and the panel's tab, the
 * attempt, the line of its log and the name of its deck; what is open, which nodes are listed, and
 * the stretch of the timeline.
 */
const NAMES = [
  'view',
  'node',
  'tab',
  'attempt',
  'line',
  'deck',
  'open',
  'find',
  'phases',
  'span',
] as const

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
  beforeLoad: ({ cause, params, search }) => {
    if (cause !== 'enter') return
    const opened = openAhead(params.id)
    if (search.view === undefined || search.view === 'graph') void drawAhead(params.id, opened)
  },
  component: lazyRouteComponent(
    () => import('@/features/execution/ExecutionPage'),
    'ExecutionPage',
  ),
})

/** Begin with what takes longest of a graph: to lay it out. */
async function drawAhead(id: string, opened: ReturnType<typeof openAhead>): Promise<void> {
  const { layAhead } = await import('@/components/graph/ahead')
  const answer = await opened.catch(() => null) // the page says it
  if (answer?.graph) layAhead(id, readGraph(answer.graph))
}

/** A node's panel as a page of its own. */
export const node = createRoute({
  getParentRoute: () => root,
  path: '/executions/$id/node',
  validateSearch: executionSearch,
  component: lazyRouteComponent(() => import('@/features/node/NodePage'), 'NodePage'),
})
