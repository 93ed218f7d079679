import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from './root'

export const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/home/HomePage'), 'HomePage'),
})
