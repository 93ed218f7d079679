import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from './root'

export const schedules = createRoute({
  getParentRoute: () => root,
  path: '/schedules',
  component: lazyRouteComponent(
    () => import('@/features/schedules/SchedulesPage'),
    'SchedulesPage',
  ),
})
