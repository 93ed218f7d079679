import { memo } from 'react'
import type { Direction, Spot } from '@/core/graph/layout'
import { pathThrough } from '@/core/graph/path'
import type { TrailScene, TrailWire } from '@/core/lineage/scene'
import classes from './trail.module.css'

interface TrailWiresProps {
  scene: TrailScene
  /** Those on screen. */
  wires: readonly TrailWire[]
  direction: Direction
  selected: string
}

/** What leads to what. At what is selected it is told under which name. */
export const TrailWires = memo(function TrailWires(props: TrailWiresProps) {
  const { scene, wires, direction, selected } = props
  const near = wires.filter(({ source, target }) => source === selected || target === selected)
  return (
    <>
      <svg className={classes.wires} width={scene.width} height={scene.height} aria-hidden>
        <defs>
          <marker
            id="trail-end"
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
        {wires.map(({ id, source, target, points }) => (
          <path
            key={id}
            className={classes.wire}
            data-on={source === selected || target === selected || undefined}
            d={pathThrough(points, direction)}
            markerEnd="url(#trail-end)"
          />
        ))}
      </svg>
      {near
        .filter(({ names }) => names.length > 0)
        .map(({ id, target, points, names }) => {
          // Lines are joined at what is selected; at their other ends they are apart.
          const { x, y } = nearStart(target === selected ? points : points.toReversed())
          return (
            <span
              key={id}
              className={classes.label}
              style={{ translate: `calc(${x}px - 50%) calc(${y}px - 50%)` }}
            >
              {names.join(', ')}
            </span>
          )
        })}
    </>
  )
})

const AWAY = 28

/** A point a little way along a line. */
function nearStart([first, second]: readonly Spot[]): Spot {
  if (!first || !second) return first ?? { x: 0, y: 0 }
  const length = Math.hypot(second.x - first.x, second.y - first.y)
  const part = length === 0 ? 0 : Math.min(AWAY, length / 2) / length
  return { x: first.x + (second.x - first.x) * part, y: first.y + (second.y - first.y) * part }
}
