import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { one } from '@/core/address/search'
import { root } from './root'

/** Which executions, and the node whose inside is compared. */
export interface CompareSearch {
  left?: string
  right?: string
  scope?: string
}

const NAMES = ['left', 'right', 'scope'] as const

export const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: (search: Record<string, unknown>): CompareSearch => {
    const found: CompareSearch = {}
    for (const name of NAMES) {
      const value = one(search[name])
      if (value !== undefined) found[name] = value
    }
    return found
  },
  component: lazyRouteComponent(() => import('@/features/compare/ComparePage'), 'ComparePage'),
})

/** Two versions of an entity. */
export const diff = createRoute({
  getParentRoute: () => root,
  path: '/$noun/$project/$domain/$name/diff',
  validateSearch: (search: Record<string, unknown>): { left?: string; right?: string } => {
    const left = one(search['left'])
    const right = one(search['right'])
    return { ...(left && { left }), ...(right && { right }) }
  },
  component: lazyRouteComponent(() => import('@/features/compare/VersionsPage'), 'VersionsPage'),
})
