import { useMemo, useState } from 'react'
import { statuses as statusesFeed } from '@/api/graph/feeds'
import { entityGraph } from '@/api/graph/queries'
import { Empty } from '@/components/states/Empty'
import { Failed } from '@/components/states/Failed'
import { Loading } from '@/components/states/Loading'
import type { Place } from '@/core/graph/place'
import { isEmpty } from '@/core/graph/scene'
import type { EntityKey } from '@/core/graph/shape'
import { type GraphContext, GraphProvider } from './context'
import { firstDirection } from './direction'
import { GraphView } from './GraphView'
import { useOpened } from './opened'
import { useOutline } from './useOutline'
import { useScene } from './useScene'

interface EntityGraphProps {
  of: EntityKey
  /** Told of what was clicked; null: nothing any more. */
  onSelect?: (path: string) => void
}

/** How a registered task, workflow or launch plan is built. */
export function EntityGraph({ of, onSelect }: EntityGraphProps) {
  const root = useMemo(() => ({ execution: '', path: '' }), [])
  const [statuses] = useState(statusesOfNothing)
  const [query] = useState(() => (scope: Place) => entityGraph(of, scope.path))
  const [direction, setDirection] = useState(firstDirection)
  const [selected, setSelected] = useState('')
  const opened = useOpened(null, useState(''))
  const inside = useOutline(root, opened, statuses, query)
  const scene = useScene(inside, direction, statuses)

  const context: GraphContext = {
    statuses,
    isRun: false,
    isLive: false,
    direction,
    selected,
    onSelect: place => {
      setSelected(`:${place.path}`)
      onSelect?.(place.path)
    },
    onToggle: opened.toggle,
    element: opened.element,
    onElement: opened.showElement,
    critical: null,
  }
  if (inside.kind === 'loading' && inside.failed) return <Failed error={new Error(inside.failed)} />
  if (isEmpty(inside)) return <Empty small title="There are no nodes in it" />
  if (!scene || inside.kind === 'loading') return <Loading />
  return (
    <GraphProvider value={context}>
      <GraphView
        scene={scene}
        label={`Graph of ${of.name}`}
        onDirection={setDirection}
        onCritical={() => undefined}
      />
    </GraphProvider>
  )
}

/** Nothing runs here: nobody is asked how anything stands. */
function statusesOfNothing() {
  const feed = statusesFeed()
  feed.close()
  return feed
}
