import { createRouter } from '@tanstack/react-router'
import { PageError } from '@/features/frame/Trouble'
import { Loading } from '@/components/states/Loading'
import { parseSearch, writeSearch } from '@/core/address/search'
import { artifacts } from './artifacts'
import { compare, diff } from './compare'
import { launchPlans, tasks, workflows } from './entities'
import { entity } from './entity'
import { execution, node } from './execution'
import { executions } from './executions'
import { fleet } from './fleet'
import { home } from './home'
import { launch } from './launch'
import { lineage } from './lineage'
import { root } from './root'
import { schedules } from './schedules'
import { settings } from './settings'

/** Every address of the UI. A new page is a file beside this one, and a line here. */
export const router = createRouter({
  routeTree: root.addChildren([
    home,
    executions,
    execution,
    node,
    tasks,
    workflows,
    launchPlans,
    entity,
    diff,
    schedules,
    artifacts,
    lineage,
    fleet,
    compare,
    launch,
    settings,
  ]),
  parseSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  defaultPreloadDelay: 80,
  // The frame stands at once, and whatever a page needs comes into it.
  defaultPendingMs: 0,
  defaultPendingMinMs: 0,
  defaultPendingComponent: Loading,
  defaultErrorComponent: PageError,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
