import { useMemo } from 'react'
import { clock } from '@/api/clock'
import type { ExecutionFilter } from '@/api/executions/queries'
import { useStore } from '@/api/store'
import { usePlaceFilter } from '@/components/page/place'
import { useZone } from '@/components/time/zone'
import { understand } from '@/core/filter/executions'
import { firstAsked } from './asked'

interface Filter {
  filter: ExecutionFilter
  /** The same without phases. */
  anyPhase: ExecutionFilter
  /** What of the line makes no sense. */
  problems: string[]
}

/** Which executions a filter line asks for, where somebody looks. */
export function useFilter(line: string): Filter {
  const { project, domain } = usePlaceFilter()
  useStore(clock) // it may turn out to be another time than this browser says
  const at = firstAsked(line)
  const zone = useZone()
  return useMemo(() => {
    const { wanted, problems } = understand(line, at, zone)
    const { phase, ...others } = wanted
    const anyPhase = { ...others, ...(project && { project }), ...(domain && { domain }) }
    return { filter: { ...anyPhase, ...(phase && { phase }) }, anyPhase, problems }
  }, [line, at, zone, project, domain])
}
