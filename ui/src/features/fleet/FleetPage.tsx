import { getRouteApi } from '@tanstack/react-router'
import { FleetGrid } from './FleetGrid'
import { FleetOverview } from './FleetOverview'

const route = getRouteApi('/fleet')

/** What has run lately; or, of one entity, many of its executions side by side. */
export function FleetPage() {
  const { name, kind } = route.useSearch()
  return name ? <FleetGrid key={`${kind ?? ''} ${name}`} name={name} /> : <FleetOverview />
}
