import { useState, useSyncExternalStore } from 'react'
import { type GraphContext, GraphProvider } from '@/components/graph/context'
import { firstDirection } from '@/components/graph/direction'
import { GraphView } from '@/components/graph/GraphView'
import { useScene } from '@/components/graph/useScene'
import { Empty } from '@/components/states/Empty'
import { Failed } from '@/components/states/Failed'
import { Loading } from '@/components/states/Loading'
import type { Place } from '@/core/graph/place'
import { isEmpty } from '@/core/graph/scene'
import type { ExecutionView } from './useView'

interface GraphTabProps {
  view: ExecutionView
  isLive: boolean
  selected: string
  onSelect: (place: Place) => void
  critical: ReadonlySet<string> | null
  onCritical: (isOn: boolean) => void
}

export function GraphTab({
  view,
  isLive,
  selected,
  onSelect,
  critical,
  onCritical,
}: GraphTabProps) {
  const { inside, opened, feeds } = view
  const [direction, setDirection] = useState(firstDirection)
  const scene = useScene(inside, direction, feeds.statuses)
  useSyncExternalStore(feeds.statuses.subscribe, () => feeds.statuses.error)
  const context: GraphContext = {
    statuses: feeds.statuses,
    isRun: true,
    isLive,
    direction,
    selected,
    onSelect,
    onToggle: opened.toggle,
    element: opened.element,
    onElement: opened.showElement,
    critical,
  }
  if (inside.kind === 'loading' && inside.failed) return <Failed error={new Error(inside.failed)} />
  if (isEmpty(inside)) return <Empty small title="There are no nodes in it" />
  if (!scene || inside.kind === 'loading') return <Loading />
  return (
    <GraphProvider value={context}>
      <GraphView
        scene={scene}
        label="Graph of the execution"
        onDirection={setDirection}
        critical={critical !== null}
        onCritical={onCritical}
      />
    </GraphProvider>
  )
}
