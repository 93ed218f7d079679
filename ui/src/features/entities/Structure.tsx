import { lazy, Suspense } from 'react'
import type { EntityKey } from '@/api/schema'
import { Loading } from '@/components/states/Loading'

const EntityGraph = lazy(() =>
  import('@/components/graph/EntityGraph').then(module => ({ default: module.EntityGraph })),
)

/** How it is built. */
export function Structure({ of }: { of: EntityKey }) {
  return (
    <Suspense fallback={<Loading />}>
      <EntityGraph of={of} />
    </Suspense>
  )
}
