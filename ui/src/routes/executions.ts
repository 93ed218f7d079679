import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { one } from '@/core/address/search'
import { root } from './root'

export interface ExecutionsSearch {
  /** The filter line. */
  q?: string
  sort?: string
  /** Names of the columns, with commas. */
  columns?: string
}

export const executions = createRoute({
  getParentRoute: () => root,
  path: '/executions',
  validateSearch: (search: Record<string, unknown>): ExecutionsSearch => {
    const q = one(search['q'])
    const sort = one(search['sort'])
    const columns = one(search['columns'])
    return { ...(q && { q }), ...(sort && { sort }), ...(columns && { columns }) }
  },
  component: lazyRouteComponent(
    () => import('@/features/executions/ExecutionsPage'),
    'ExecutionsPage',
  ),
})
