import { useQuery } from '@tanstack/react-query'
import { launchable, launchableIn, type Launchable } from '@/api/entities/interface'
import { execution } from '@/api/executions/queries'
import { exactInputs, type ExactInputs } from '@/api/executions/values'
import { ProblemError } from '@/api/problem'
import type { EntityKey, Execution } from '@/api/schema'

/** What is to be launched, and the execution that it begins with. */
export interface Target {
  entity: Launchable
  earlier: (ExactInputs & { execution: Execution }) | null
  /** What is launched is not registered: only running it again is possible. */
  isPinned: boolean
}

/** What the address asks for. */
export interface Asked {
  key: EntityKey | null
  from: string
}

interface Found {
  target: Target | undefined
  error: unknown
  retry: () => void
}

/** Reads what the address asks for. */
export function useTarget({ key, from }: Asked): Found {
  // What is wanted of it never changes.
  const earlier = useQuery({ ...execution(from), enabled: from !== '', staleTime: Infinity })
  const inputs = useQuery({ ...exactInputs(from), enabled: from !== '' })
  const meant = key ?? earlier.data?.entity
  const registered = useQuery({ ...launchable(meant ?? NOTHING), enabled: meant !== undefined })
  const isGone = registered.error instanceof ProblemError && registered.error.status === 404
  const bundle = isGone && !key ? (earlier.data?.bundle ?? '') : ''
  const pinned = useQuery({ ...launchableIn(bundle, meant ?? NOTHING), enabled: bundle !== '' })

  const entity = registered.data ?? pinned.data
  const error = earlier.error ?? inputs.error ?? (bundle ? pinned.error : registered.error)
  const retry = () => {
    for (const each of [earlier, inputs, registered]) if (each.isError) each.refetch()
  }
  if (!entity || (from && !(earlier.data && inputs.data)))
    return { target: undefined, error, retry }
  const before = earlier.data && inputs.data && { ...inputs.data, execution: earlier.data }
  const target = { entity, earlier: before ?? null, isPinned: !registered.data }
  return { target, error: null, retry }
}

const NOTHING: EntityKey = { kind: 'workflow', name: '', version: '', project: '', domain: '' }
