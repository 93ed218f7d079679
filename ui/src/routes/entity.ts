import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { one } from '@/core/address/search'
import { root } from './root'

export interface EntitySearch {
  /** Empty: the newest, of a launch plan the active one. */
  version?: string
  view?: string
  node?: string
}

/** `$noun`: tasks, workflows or launch-plans. */
export const entity = createRoute({
  getParentRoute: () => root,
  path: '/$noun/$project/$domain/$name',
  validateSearch: (search: Record<string, unknown>): EntitySearch => {
    const version = one(search['version'])
    const view = one(search['view'])
    const node = one(search['node'])
    return { ...(version && { version }), ...(view && { view }), ...(node && { node }) }
  },
  component: lazyRouteComponent(() => import('@/features/entities/EntityPage'), 'EntityPage'),
})
