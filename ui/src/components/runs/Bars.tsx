import { memo, useRef } from 'react'
import { useWidth } from '@/components/table/useWidth'
import { type Bar, drawn } from '@/core/fleet/bars'
import classes from './Bars.module.css'

interface BarsProps {
  /** Beside each other, each as wide as the others; null: there is none at its place. */
  of: readonly (Bar | null)[]
  /** Pixels. */
  height: number
}

/** How things went, one beside the other. It has no words: whoever shows it says them. */
export const Bars = memo(function Bars({ of, height }: BarsProps) {
  const root = useRef<SVGSVGElement>(null)
  const unit = useWidth(root) / Math.max(1, of.length)
  return (
    <svg
      ref={root}
      className={classes.root}
      height={height}
      viewBox={`0 0 ${of.length} ${height}`}
      preserveAspectRatio="none"
      aria-hidden
      focusable="false"
    >
      {drawn(of, height, unit).map(({ look, phase, d }) => (
        <path key={`${look} ${phase}`} data-look={look} data-phase={phase} d={d} />
      ))}
    </svg>
  )
})
