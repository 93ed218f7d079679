import { useThrottledCallback } from '@mantine/hooks'
import type { QueryKey } from '@tanstack/react-query'
import type { Liveliness } from '@/api/news/news'
import { readAnew } from '@/api/query'
import { useExecutionEvents } from './useExecutionEvents'

/** Has what begins with a key read anew whenever something happens to an execution.
 *
 * @param rest milliseconds between two times
 */
export function useFresh(queryKey: QueryKey, rest: number): { live: Liveliness; read: () => void } {
  const read = useThrottledCallback(() => void readAnew(queryKey), rest)
  return { live: useExecutionEvents(read), read }
}

/** Milliseconds between looks at what nobody is told of: gates, engines, executors, who drives what,
 * which version of a launch plan is active. */
export const PERIOD = 1500
