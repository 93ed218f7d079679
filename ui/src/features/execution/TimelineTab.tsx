import { useDebouncedCallback } from '@mantine/hooks'
import { TimelineView } from '@/components/timeline/TimelineView'
import type { Place } from '@/core/graph/place'
import type { Span } from '@/core/timeline/span'
import type { Execution } from '@/api/schema'
import { type ExecutionSearch, printSpan, spanIn } from './search'
import type { ExecutionView } from './useView'

interface TimelineTabProps {
  view: ExecutionView
  execution: Execution
  search: ExecutionSearch
  onSearch: (changes: ExecutionSearch) => void
  selected: string
  onSelect: (place: Place) => void
  critical: ReadonlySet<string> | null
}

/** Milliseconds after which a stretch that was moved or scaled stands in the address. */
const SETTLED = 300

export function TimelineTab({ view, execution, search, onSearch, ...rest }: TimelineTabProps) {
  const { created } = execution
  const say = useDebouncedCallback(
    (span: Span | null) => onSearch({ span: printSpan(span, created) }),
    SETTLED,
  )
  return (
    <TimelineView
      root={view.root}
      feed={view.feeds.timelines}
      statuses={view.feeds.statuses}
      opened={view.opened}
      titleOf={view.nameOf}
      childOf={view.childOf}
      created={created}
      ended={execution.ended}
      opensAt={spanIn(search, created)}
      onSpan={say}
      {...rest}
    />
  )
}
