import { memo } from 'react'
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
  return (
    <svg
      className={classes.root}
      height={height}
      viewBox={`0 0 ${of.length} ${height}`}
      preserveAspectRatio="none"
      aria-hidden
      focusable="false"
    >
      {drawn(of, height).map(({ look, phase, d }) => (
        <path key={`${look} ${phase}`} data-look={look} data-phase={phase} d={d} />
      ))}
    </svg>
  )
})
