import { useQuery } from '@tanstack/react-query'
import { type ExecutionFilter, overTime } from '@/api/executions/queries'
import type { OverTime } from '@/api/schema'
import { PERIOD, useFresh } from '@/components/live/useFresh'

const BUCKETS = 96
/** Milliseconds between looks when something happens. */
const SOON = 500
/** Milliseconds between looks while all that happens is told: the stretch of time goes on. */
const GOES_ON = 10_000

/** How many executions there are of each phase, in all and over time, as it is now. */
export function useCounts(filter: ExecutionFilter): OverTime | undefined {
  const counts = overTime(filter, BUCKETS)
  const { live } = useFresh(counts.queryKey, SOON)
  return useQuery({ ...counts, refetchInterval: live === 'open' ? GOES_ON : PERIOD }).data
}
