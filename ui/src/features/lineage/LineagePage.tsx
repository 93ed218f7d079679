import { getRouteApi } from '@tanstack/react-router'
import { usePlace } from '@/components/page/page'
import { Ask } from './Ask'
import { Lineage } from './Lineage'

const route = getRouteApi('/lineage')

/** Where a value comes from, and what it went into, across executions. */
export function LineagePage() {
  usePlace([{ name: 'Artifacts', to: '/artifacts' }, { name: 'Lineage' }])
  const { digest, uri, execution } = route.useSearch()
  return digest || uri || execution ? <Lineage /> : <Ask />
}
