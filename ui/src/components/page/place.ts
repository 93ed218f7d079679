import { useSearch } from '@tanstack/react-router'
import type { PlaceOf } from '@/api/projects/queries'
import { one } from '@/core/address/search'

/** The project and the domain that are looked at. */
export function usePlaceFilter(): PlaceOf {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const project = one(search['project'])
  const domain = one(search['domain'])
  return { ...(project && { project }), ...(domain && { domain }) }
}
