import { memo, useState } from 'react'
import { longest, pathThrough } from '@/core/graph/path'
import type { Scene, Wire } from '@/core/graph/scene'
import { useGraph } from './context'
import { usePassedBy } from './useArm'
import classes from './wires.module.css'

interface WiresProps {
  scene: Scene
  /** Those on screen. */
  wires: Wire[]
}

/** The edges of a graph. The variable that goes along one is told on hover, and at what is
 * selected. */
export const Wires = memo(function Wires({ scene, wires }: WiresProps) {
  const [over, setOver] = useState('')
  const { selected } = useGraph()
  const told = wires.filter(
    wire =>
      wire.data.length > 0 &&
      (wire.key === over || (selected && (wire.source === selected || wire.target === selected))),
  )
  return (
    <>
      <svg className={classes.root} width={scene.width} height={scene.height} aria-hidden>
        <defs>
          <marker
            id="wire-end"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M1 1L7 4L1 7z" fill="context-stroke" />
          </marker>
        </defs>
        {wires.map(wire => (
          <WirePath key={wire.key} wire={wire} onOver={setOver} />
        ))}
      </svg>
      {told.map(wire => (
        <WireLabel key={wire.key} wire={wire} isOver={wire.key === over} />
      ))}
    </>
  )
})

function WirePath({ wire, onOver }: { wire: Wire; onOver: (key: string) => void }) {
  const { direction, selected, critical } = useGraph()
  const isFaded = usePassedBy(wire.arm)
  const path = pathThrough(wire.points, direction)
  const isOn = selected !== '' && (wire.source === selected || wire.target === selected)
  const isCritical = critical?.has(wire.source) && critical.has(wire.target)
  return (
    <g
      className={classes.wire}
      data-order={wire.orderOnly || undefined}
      data-on={isOn || undefined}
      data-critical={isCritical || undefined}
      data-faded={isFaded || (critical && !isCritical) || undefined}
    >
      <path d={path} markerEnd="url(#wire-end)" />
      <path
        className={classes.near}
        d={path}
        onMouseEnter={() => onOver(wire.key)}
        onMouseLeave={() => onOver('')}
      />
    </g>
  )
}

const MOST = 4

/** What goes along an edge, beside its longest straight part: the edge itself stays in sight. */
function WireLabel({ wire, isOver }: { wire: Wire; isOver: boolean }) {
  const { x, y, across } = longest(wire.points)
  const shown = wire.data.slice(0, MOST).map(({ output, input }) => input || output)
  const more = wire.data.length - shown.length
  return (
    <div
      className={classes.label}
      data-over={isOver || undefined}
      style={{ translate: across ? `calc(${x}px - 50%) calc(${y}px - 100% - 3px)` : `${x + 5}px calc(${y}px - 50%)` }} // prettier-ignore
    >
      {[...new Set(shown)].join(', ')}
      {more > 0 && ` and ${more} more`}
    </div>
  )
}
