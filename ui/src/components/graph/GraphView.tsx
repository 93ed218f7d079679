import '@xyflow/react/dist/base.css'
import { ReactFlow, ReactFlowProvider, useReactFlow, useStore, ViewportPortal } from '@xyflow/react'
import { type CSSProperties, type MouseEvent, useMemo } from 'react'
import type { Box, Scene, Wire } from '@/core/graph/scene'
import { around, Tiles } from '@/core/graph/tiles'
import { DETAILS, enlarged, FARTHEST, NEAREST } from '@/core/graph/view'
import { BoxNode, type BoxNodeType } from './BoxNode'
import { useGraph } from './context'
import { FarView } from './FarView'
import classes from './graph.module.css'
import { PLAIN } from './plain'
import { Tools } from './Tools'
import { useNear } from './useNear'
import { useSteady } from './useSteady'
import { Wires } from './Wires'

interface GraphViewProps {
  scene: Scene
  label: string
  onDirection: (direction: 'right' | 'down') => void
  critical?: boolean | undefined
  onCritical: (isOn: boolean) => void
}

/** A graph that was laid out: it is moved with the pointer and the wheel. Only what is on screen
 * is in the page, and from far away it is painted. */
export function GraphView(props: GraphViewProps) {
  return (
    <ReactFlowProvider>
      <Plane {...props} />
    </ReactFlowProvider>
  )
}

const NODE_TYPES = { box: BoxNode }
const NOTHING: never[] = []

function Plane({ scene, label, onDirection, critical, onCritical }: GraphViewProps) {
  const { direction, onSelect } = useGraph()
  const flow = useReactFlow()
  const boxes = useMemo(() => new Tiles(scene.boxes, box => box), [scene])
  const wires = useMemo(() => new Tiles(scene.wires, wire => around(wire.points)), [scene])
  const [fit, isPlaced] = useSteady(scene)
  const { near, isFar } = useNear(boxes, isPlaced)
  const isSmall = useStore(({ transform }) => transform[2] < DETAILS)
  const larger = useStore(({ transform }) => enlarged(transform[2]))

  const nodes = useMemo(() => (near && !isFar ? boxes.in(near).map(nodeOf) : NOTHING), [boxes, near, isFar]) // prettier-ignore
  const drawn = useMemo(
    () => (near && !isFar ? telling(wires.in(near), nodes) : NOTHING),
    [wires, near, isFar, nodes],
  )

  const choose = (event: MouseEvent) => {
    if (!isFar) return
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    const under = boxes.in({ ...at, width: 0, height: 0 }).filter(box => box.item)
    const box = under.sort((a, b) => a.width - b.width)[0]
    if (box?.item) onSelect(box.item.place)
  }

  return (
    <div
      className={classes.root}
      data-small={isSmall || undefined}
      style={{ '--larger': larger } as CSSProperties}
    >
      {isFar && <FarView boxes={boxes} wires={wires} />}
      <ReactFlow<BoxNodeType>
        aria-label={label}
        nodes={nodes}
        edges={NOTHING}
        nodeTypes={NODE_TYPES}
        minZoom={FARTHEST}
        maxZoom={NEAREST}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        panOnScroll={false}
        onPaneClick={choose}
        proOptions={PLAIN}
      >
        <ViewportPortal>
          <Wires scene={scene} wires={drawn} />
        </ViewportPortal>
      </ReactFlow>
      <Tools
        direction={direction}
        onDirection={onDirection}
        critical={critical}
        onCritical={onCritical}
        onZoom={factor => void flow.zoomTo(flow.getZoom() * factor)}
        onFit={fit}
      />
    </div>
  )
}

const MOST_WIRES = 500

/** The edges that say something about the boxes on screen, those that lead to one of them first:
 * where a thousand only pass by they would hide what is there. */
function telling(wires: Wire[], nodes: BoxNodeType[]): Wire[] {
  if (wires.length <= MOST_WIRES) return wires
  const shown = new Set(nodes.map(node => node.data.box.key))
  const into = wires.filter(wire => shown.has(wire.target))
  const outOf = wires.filter(wire => shown.has(wire.source) && !shown.has(wire.target))
  return [...into, ...outOf].slice(0, MOST_WIRES)
}

/** Boxes take clicks themselves, which the library would keep from what it cannot drag. */
const REACHABLE = { pointerEvents: 'all' } as const

const known = new WeakMap<Box, BoxNodeType>()

/** A box is the same node however often it comes into view: what is another one is drawn anew. */
function nodeOf(box: Box): BoxNodeType {
  const node = known.get(box) ?? madeOf(box)
  known.set(box, node)
  return node
}

function madeOf(box: Box): BoxNodeType {
  const { key, look, x, y, width, height } = box
  // What is inside of a group lies over it; edges lie between the two.
  const zIndex = look === 'group' ? (box.item?.depth ?? 0) - 100 : 1
  return {
    id: `${look} ${key}`,
    type: 'box',
    position: { x, y },
    width,
    height,
    zIndex,
    data: { box },
    style: REACHABLE,
  }
}
