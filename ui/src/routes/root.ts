import { createRootRoute, retainSearchParams } from '@tanstack/react-router'
import { one } from '@/core/address/search'
import { Frame } from '@/features/frame/Frame'
import { NotFound, PageError } from '@/features/frame/Trouble'

/** Where somebody looks: in a project, in a domain of it, or everywhere. It stays in the address from
 * page to page. */
export interface PlaceSearch {
  project?: string
  domain?: string
}

export const root = createRootRoute({
  component: Frame,
  errorComponent: PageError,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>): PlaceSearch => {
    const project = one(search['project'])
    const domain = one(search['domain'])
    return { ...(project && { project }), ...(domain && { domain }) }
  },
  search: { middlewares: [retainSearchParams<PlaceSearch>(['project', 'domain'])] },
})
