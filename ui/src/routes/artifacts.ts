import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { one } from '@/core/address/search'
import { root } from './root'

export const artifacts = createRoute({
  getParentRoute: () => root,
  path: '/artifacts',
  validateSearch: (search: Record<string, unknown>): { q?: string } => {
    const q = one(search['q'])
    return q ? { q } : {}
  },
  component: lazyRouteComponent(
    () => import('@/features/artifacts/ArtifactsPage'),
    'ArtifactsPage',
  ),
})
