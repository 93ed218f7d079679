import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { one } from '@/core/address/search'
import { root } from './root'

/** What is to be launched, and the execution whose inputs it begins with. */
export interface LaunchSearch {
  kind?: string
  name?: string
  version?: string
  from?: string
}

const NAMES = ['kind', 'name', 'version', 'from'] as const

export const launch = createRoute({
  getParentRoute: () => root,
  path: '/launch',
  validateSearch: (search: Record<string, unknown>): LaunchSearch => {
    const found: LaunchSearch = {}
    for (const name of NAMES) {
      const value = one(search[name])
      if (value !== undefined) found[name] = value
    }
    return found
  },
  component: lazyRouteComponent(() => import('@/features/launch/LaunchPage'), 'LaunchPage'),
})
