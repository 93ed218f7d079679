import { getRouteApi } from '@tanstack/react-router'
import { usePlace } from '@/components/page/page'
import { Compared } from './Compared'
import { Pick } from './Pick'

const route = getRouteApi('/compare')

/** Two executions, side by side; while one is missing, what it can be. */
export function ComparePage() {
  usePlace([{ name: 'Executions', to: '/executions' }, { name: 'Compare' }])
  const { left = '', right = '', scope = '' } = route.useSearch()
  return left && right ? (
    <Compared left={left} right={right} scope={scope} />
  ) : (
    <Pick chosen={left || right} />
  )
}
