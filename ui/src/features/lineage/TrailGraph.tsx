import '@xyflow/react/dist/base.css'
import { useMediaQuery } from '@mantine/hooks'
import { type Node, ReactFlow, ReactFlowProvider, useReactFlow, useStore, useStoreApi, ViewportPortal } from '@xyflow/react' // prettier-ignore
import { type CSSProperties, useCallback, useEffect, useMemo, useState } from 'react'
import type { Use } from '@/api/schema'
import { Tools } from '@/components/graph/Tools'
import { PLAIN } from '@/components/graph/plain'
import { useNear } from '@/components/graph/useNear'
import { Loading } from '@/components/states/Loading'
import type { Direction } from '@/core/graph/layout'
import { around, Tiles } from '@/core/graph/tiles'
import { DETAILS, enlarged, NEAREST } from '@/core/graph/view'
import { firstView, type TrailBox, type TrailScene, wholeView } from '@/core/lineage/scene'
import type { Trail } from '@/core/lineage/trail'
import classes from './trail.module.css'
import { TrailFar } from './TrailFar'
import { TrailNodeBox } from './TrailNodeBox'
import { TrailWires } from './TrailWires'
import { useTrailScene } from './useTrail'

interface TrailGraphProps {
  of: Trail<Use>
  selected: string
  onSelect: (id: string) => void
}

/** Values, and what has made them of which, from left to right. */
export function TrailGraph({ of, selected, onSelect }: TrailGraphProps) {
  const isNarrow = useMediaQuery('(max-width: 640px)')
  const [chosen, setChosen] = useState<Direction | null>(null)
  const direction = chosen ?? (isNarrow ? 'down' : 'right')
  const scene = useTrailScene(of, direction)
  if (!scene) return <Loading />
  return (
    <ReactFlowProvider>
      <Plane {...{ scene, direction, selected, onSelect }} onDirection={setChosen} />
    </ReactFlowProvider>
  )
}

type TrailFlowNode = Node<{ box: TrailBox<Use>; selected: boolean; onSelect: (id: string) => void }>

const NODE_TYPES = { trail: TrailFlowBox }
const NOTHING: never[] = []
const FARTHEST = 0.05

interface PlaneProps {
  scene: TrailScene<Use>
  direction: Direction
  onDirection: (direction: Direction) => void
  selected: string
  onSelect: (id: string) => void
}

function Plane({ scene, direction, onDirection, selected, onSelect }: PlaneProps) {
  const flow = useReactFlow()
  const store = useStoreApi()
  const boxes = useMemo(() => new Tiles(scene.boxes, box => box), [scene])
  const wires = useMemo(() => new Tiles(scene.wires, wire => around(wire.points)), [scene])
  const { near, isFar } = useNear(boxes)
  const isSmall = useStore(({ transform }) => transform[2] < DETAILS)
  const larger = useStore(({ transform }) => enlarged(transform[2]))
  const nodes = useMemo(
    () =>
      near && !isFar
        ? boxes.in(near).map(box => flowNode(box, box.id === selected, onSelect))
        : NOTHING,
    [boxes, near, isFar, selected, onSelect],
  )
  const drawn = useMemo(() => (near && !isFar ? wires.in(near) : NOTHING), [wires, near, isFar])
  const fit = useCallback(() => {
    const { width, height } = store.getState()
    void flow.setViewport(wholeView(scene, { width, height }))
  }, [flow, store, scene])
  const begin = useCallback(() => {
    const { width, height } = store.getState()
    if (width > 0) void flow.setViewport(firstView(scene, { width, height }))
  }, [flow, store, scene])
  useEffect(begin, [begin])

  return (
    <div
      className={classes.root}
      data-small={isSmall || undefined}
      style={{ '--larger': larger } as CSSProperties}
    >
      <ReactFlow<TrailFlowNode>
        aria-label="Lineage"
        nodes={nodes}
        edges={NOTHING}
        nodeTypes={NODE_TYPES}
        minZoom={FARTHEST}
        maxZoom={NEAREST}
        onInit={begin}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        proOptions={PLAIN}
      >
        <ViewportPortal>
          {isFar ? (
            <TrailFar scene={scene} />
          ) : (
            <TrailWires {...{ scene, direction, selected }} wires={drawn} />
          )}
        </ViewportPortal>
      </ReactFlow>
      <Tools
        direction={direction}
        onDirection={onDirection}
        onCritical={() => undefined}
        onZoom={factor => void flow.zoomTo(flow.getZoom() * factor)}
        onFit={fit}
      />
    </div>
  )
}

/** Boxes take clicks themselves, which the library would keep from what it cannot drag. */
const REACHABLE = { pointerEvents: 'all' } as const

function flowNode(
  box: TrailBox<Use>,
  selected: boolean,
  onSelect: (id: string) => void,
): TrailFlowNode {
  const { id, x, y, width, height } = box
  return {
    id,
    type: 'trail',
    position: { x, y },
    width,
    height,
    style: REACHABLE,
    data: { box, selected, onSelect },
  }
}

function TrailFlowBox({ data }: { data: TrailFlowNode['data'] }) {
  const { box, selected, onSelect } = data
  return <TrailNodeBox of={box.node} isSelected={selected} onSelect={() => onSelect(box.id)} />
}
