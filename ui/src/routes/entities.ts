import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { one } from '@/core/address/search'
import { root } from './root'

export interface EntitiesSearch {
  q?: string
}

function entitiesSearch(search: Record<string, unknown>): EntitiesSearch {
  const q = one(search['q'])
  return q ? { q } : {}
}

const list = lazyRouteComponent(() => import('@/features/entities/EntitiesPage'), 'EntitiesPage')

export const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  validateSearch: entitiesSearch,
  component: list,
})

export const workflows = createRoute({
  getParentRoute: () => root,
  path: '/workflows',
  validateSearch: entitiesSearch,
  component: list,
})

export const launchPlans = createRoute({
  getParentRoute: () => root,
  path: '/launch-plans',
  validateSearch: entitiesSearch,
  component: list,
})
