import type { EntityKey } from '@/api/schema'
import { VersionDiff } from '@/components/diff/VersionDiff'
import { shorten } from '@/core/text/shorten'
import classes from './Versions.module.css'

interface DifferenceProps {
  of: EntityKey
  left: string
  right: string
}

/** What is different between two versions. */
export function Difference({ of, left, right }: DifferenceProps) {
  return (
    <section className={classes.difference} aria-label="Difference">
      <h2 className={classes.head}>
        From <span className="mono">{shorten(left, 24)}</span> to{' '}
        <span className="mono">{shorten(right, 24)}</span>
      </h2>
      <VersionDiff of={of} left={left} right={right} />
    </section>
  )
}
