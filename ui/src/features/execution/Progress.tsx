import { useSyncExternalStore } from 'react'
import type { Summary } from '@/api/schema'
import { Badge } from '@/components/phase/Badge'
import { PhaseBar } from '@/components/phase/PhaseBar'
import { itemsOf } from '@/core/graph/outline'
import { counted } from '@/core/text/shorten'
import classes from './execution.module.css'
import type { ExecutionView } from './useView'

const DONE = ['SUCCEEDED', 'SKIPPED'] as const

type Counts = Record<string, number>

/** How many of the nodes that its graph shows are done, and of the elements of its maps; what was
 * found elsewhere, and what had to be tried again. */
export function Progress({ view, summary }: { view: ExecutionView; summary: Summary }) {
  const { elements, cached, recovered, retries } = summary
  const { begun, all } = useNodes(view)
  const parts = sum(elements)
  return (
    <span
      className={classes.progress}
      title={`${thousands(sum(summary.nodes))} in all, at any depth`}
    >
      <PhaseBar counts={begun} rest={all - sum(begun)} />
      <span className="numbers">
        {thousands(done(begun))} / {counted(all, 'node')}
        {parts > 0 && `, ${thousands(done(elements))} / ${counted(parts, 'element')}`}
      </span>
      {cached > 0 && <Badge of="cached" told={`${thousands(cached)} cached`} />}
      {recovered > 0 && <Badge of="recovered" told={`${thousands(recovered)} recovered`} />}
      {retries > 0 && <Badge of="retried" told={counted(retries, 'retry', 'retries')} />}
    </span>
  )
}

/** The outermost nodes: those that have begun by phase, and how many there are. */
function useNodes({ inside, feeds, statusOfItem }: ExecutionView): { begun: Counts; all: number } {
  useSyncExternalStore(feeds.statuses.subscribe, feeds.statuses.get)
  const begun: Counts = {}
  let all = inside.kind === 'graph' ? inside.omitted : 0
  for (const item of itemsOf(inside)) {
    const phase = statusOfItem(item)?.phase
    if (phase) begun[phase] = (begun[phase] ?? 0) + 1
    // A failure handler that was not needed is none of its steps.
    if (phase || item.node.role !== 'handler') all += 1
  }
  return { begun, all }
}

function done(counts: Counts): number {
  return DONE.reduce((total, phase) => total + (counts[phase] ?? 0), 0)
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

function thousands(count: number): string {
  return count.toLocaleString('en')
}
