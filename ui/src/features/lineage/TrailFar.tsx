import { memo } from 'react'
import type { TrailBox, TrailScene } from '@/core/lineage/scene'
import classes from './trail.module.css'

/** A trail from far away: every kind of thing is one shape, however many there are. */
export const TrailFar = memo(function TrailFar({ scene }: { scene: TrailScene }) {
  const asked = scene.boxes.filter(({ node }) => node.kind === 'value' && node.isAsked)
  const lines = scene.wires.map(({ points }) => {
    const [first, ...others] = points.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`)
    return `M${first ?? '0,0'}L${others.join('L')}`
  })
  return (
    <svg className={classes.wires} width={scene.width} height={scene.height} aria-hidden>
      <path className={classes.wire} d={lines.join('')} />
      <path className={classes.farBox} d={outline(scene.boxes)} />
      <path className={classes.farBox} data-asked d={outline(asked)} />
    </svg>
  )
})

function outline(boxes: readonly TrailBox[]): string {
  return boxes.map(({ x, y, width, height }) => `M${x},${y}h${width}v${height}h${-width}z`).join('')
}
