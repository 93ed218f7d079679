import { counted } from '@/core/text/shorten'

/** So many at a time: a selection may be large, and the server has others to serve. */
const AT_ONCE = 4

/** Does something to each of several; the first that is refused ends it. */
export async function each<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(act))))
  }
  return results
}

/** Several executions in words: the id of one, or how many. */
export function those(ids: readonly string[]): string {
  return ids.length === 1 ? (ids[0] ?? '') : counted(ids.length, 'execution')
}
