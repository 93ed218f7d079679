import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { one } from '@/core/address/search'
import { root } from './root'

/** Whose lineage, as the API takes it; which ways, how many steps, and how it is shown. */
export interface LineageSearch {
  digest?: string
  uri?: string
  execution?: string
  path?: string
  way?: string
  depth?: string
  view?: string
}

const NAMES = ['digest', 'uri', 'execution', 'path', 'way', 'depth', 'view'] as const

export const lineage = createRoute({
  getParentRoute: () => root,
  path: '/lineage',
  validateSearch: (search: Record<string, unknown>): LineageSearch => {
    const found: LineageSearch = {}
    for (const name of NAMES) {
      const value = one(search[name])
      if (value !== undefined) found[name] = value
    }
    return found
  },
  component: lazyRouteComponent(() => import('@/features/lineage/LineagePage'), 'LineagePage'),
})
