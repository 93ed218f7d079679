import { useQuery } from '@tanstack/react-query'
import { glance, glanceKeys } from '@/api/glance/queries'
import { PERIOD, useFresh } from '@/components/live/useFresh'
import { usePlaceFilter } from '@/components/page/place'

/** Milliseconds between looks when something happens. */
const SOON = 1000

/** What there is, as it is now. @param since from then on failures are news */
export function useGlance(since: number | undefined) {
  useFresh(glanceKeys.all, SOON)
  return useQuery({ ...glance(usePlaceFilter(), since), refetchInterval: PERIOD })
}
