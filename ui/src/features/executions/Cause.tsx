import type { Execution } from '@/api/schema'
import { ExecutionLink } from '@/components/executions/ExecutionLink'
import { Time } from '@/components/time/Time'
import { visible } from '@/core/text/visible'

/** What an execution was started by: a schedule, another execution, or somebody. */
export function Cause({ of }: { of: Execution }) {
  if (of.parent) return <ExecutionLink id={of.parent} />
  if (of.scheduled != null) {
    return (
      <span className="dim">
        schedule, <Time at={of.scheduled} />
      </span>
    )
  }
  if (of.recovers) {
    return (
      <span className="dim">
        recovers <ExecutionLink id={of.recovers} />
      </span>
    )
  }
  if (of.by) return <span className="dim">{visible(of.by)}</span>
  return <span className="faint">by hand</span>
}
