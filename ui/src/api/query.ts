import { type Query, QueryClient, type QueryKey } from '@tanstack/react-query'
import { connection } from './connection'
import { ProblemError } from './problem'
import { token } from './token'

const BUSY = new Set([429, 503])

/** What has been read, for all of the page. A problem is shown at once: asking again would give the
 * same. When the server was away all that is on screen is read anew as it comes back.
 */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A browser without a network is online for a server on its own machine.
      networkMode: 'always',
      staleTime: 2000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) =>
        error instanceof ProblemError && BUSY.has(error.status) && failures < 3,
      retryDelay: failures => 500 * 2 ** failures,
    },
    mutations: { networkMode: 'always', retry: false },
  },
})

connection.onReturn(() => readAnew())
// Somebody else may see other things.
token.subscribe(() => void queries.resetQueries())

/** Pages of a list that are read anew, one behind the other. */
const FEW = 5

/** Have what begins with a key read anew, of what is on screen at once. A list of many pages begins
 * at its top again; one that `follows` the news keeps itself true.
 */
export async function readAnew(queryKey: QueryKey = []): Promise<void> {
  const isMeant = (query: Query) => query.meta?.['follows'] !== true
  const isLong = (query: Query) => pagesIn(query.state.data) > FEW
  await Promise.all([
    queries.invalidateQueries({ queryKey, predicate: each => isMeant(each) && !isLong(each) }),
    queries.resetQueries({ queryKey, predicate: each => isMeant(each) && isLong(each) }),
  ])
}

function pagesIn(data: unknown): number {
  const isList = typeof data === 'object' && data !== null && 'pageParams' in data
  return isList && Array.isArray(data.pageParams) ? data.pageParams.length : 1
}
