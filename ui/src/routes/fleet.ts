import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { one } from '@/core/address/search'
import { root } from './root'

/** Which entity; none: what has run lately. */
export interface FleetSearch {
  kind?: string
  name?: string
  /** The node whose inside is shown. */
  scope?: string
  /** Executions side by side. */
  runs?: string
  /** Where older executions begin. */
  before?: string
  sort?: string
  /** A filter line over the executions. */
  q?: string
}

const NAMES = ['kind', 'name', 'scope', 'runs', 'before', 'sort', 'q'] as const

export const fleet = createRoute({
  getParentRoute: () => root,
  path: '/fleet',
  validateSearch: (search: Record<string, unknown>): FleetSearch => {
    const found: FleetSearch = {}
    for (const name of NAMES) {
      const value = one(search[name])
      if (value !== undefined) found[name] = value
    }
    return found
  },
  component: lazyRouteComponent(() => import('@/features/fleet/FleetPage'), 'FleetPage'),
})
