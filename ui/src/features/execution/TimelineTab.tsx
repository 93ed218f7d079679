import { TimelineView } from '@/components/timeline/TimelineView'
import type { Place } from '@/core/graph/place'
import type { Execution } from '@/api/schema'
import type { ExecutionView } from './useView'

interface TimelineTabProps {
  view: ExecutionView
  execution: Execution
  selected: string
  onSelect: (place: Place) => void
  critical: ReadonlySet<string> | null
}

export function TimelineTab({ view, execution, ...rest }: TimelineTabProps) {
  return (
    <TimelineView
      root={view.root}
      feed={view.feeds.timelines}
      statuses={view.feeds.statuses}
      opened={view.opened}
      titleOf={view.nameOf}
      childOf={view.childOf}
      created={execution.created}
      ended={execution.ended}
      {...rest}
    />
  )
}
