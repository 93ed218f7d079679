import { useInfiniteQuery } from '@tanstack/react-query'
import { parts, type Side } from '@/api/node/queries'
import { ProblemError } from '@/api/problem'
import { Failed } from '@/components/states/Failed'
import { Loading } from '@/components/states/Loading'
import { State } from '@/components/states/State'
import type { Place } from '@/core/graph/place'
import { More } from './More'
import { ValueCard } from './ValueCard'
import classes from './ValueList.module.css'

interface ValueListProps {
  of: Place
  side: Side
  /** There may be some later. */
  live: boolean
}

/** The inputs or the outputs of a node execution, each with a preview that opens further. */
export function ValueList({ of, side, live }: ValueListProps) {
  const found = useInfiniteQuery({
    ...parts(of, side),
    // What is there stays as it is.
    refetchInterval: ({ state: { data } }) =>
      live && !data?.pages[0]?.parts.length ? 1000 : false,
  })
  const shown = found.data?.pages.flatMap(page => page.parts)
  if (shown === undefined) {
    const isNone = found.error instanceof ProblemError && found.error.status === 404
    if (isNone) return <None side={side} live={live} />
    if (found.isError) return <Failed small error={found.error} retry={() => found.refetch()} />
    return <Loading rows={4} />
  }
  if (shown.length === 0) {
    return <State small title={side === 'inputs' ? 'It takes nothing' : 'It gives nothing'} />
  }
  return (
    <div className={classes.root}>
      {shown.map(part => (
        <ValueCard key={String(part.key)} of={of} side={side} part={part} />
      ))}
      <More of={found} />
    </div>
  )
}

function None({ side, live }: { side: Side; live: boolean }) {
  if (side === 'inputs') {
    return (
      <State small title="No inputs yet">
        They are known when it begins.
      </State>
    )
  }
  if (live)
    return (
      <State small title="No outputs yet">
        They appear here when it has succeeded.
      </State>
    )
  return (
    <State small title="No outputs">
      It has not succeeded, so it has given nothing.
    </State>
  )
}
