import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Failed } from './Failed'
import { Loading } from './Loading'

interface LoadedProps<T> {
  of: UseQueryResult<T>
  /** In the shape of what is coming. */
  loading?: ReactNode
  small?: boolean
  children: (data: T) => ReactNode
}

/** What a query has brought, or what it is meanwhile. What was there once stays on screen when it
 * cannot be read anew: the frame says how old it is.
 */
export function Loaded<T>({ of, loading, small = false, children }: LoadedProps<T>) {
  if (of.data !== undefined) return children(of.data)
  if (of.isError) return <Failed error={of.error} retry={() => of.refetch()} small={small} />
  return loading ?? <Loading />
}
