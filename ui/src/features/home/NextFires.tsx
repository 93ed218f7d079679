import { Link } from '@tanstack/react-router'
import type { Schedule } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { Section } from '@/components/page/Page'
import { useNow } from '@/components/time/now'
import { Time } from '@/components/time/Time'
import classes from './HomePage.module.css'

/** Seconds after which what should have been started is late. */
const LATE = 30

/** What starts by itself next; what should have started and did not comes first. */
export function NextFires({ of }: { of: readonly Schedule[] }) {
  return (
    <Section title="Next by schedule" beside={<Link to="/schedules">All schedules</Link>}>
      {of.length === 0 ? (
        <p className={classes.none}>No schedule is active</p>
      ) : (
        <ul className={classes.rows}>
          {of.map(({ plan, next }) => (
            <li key={`${plan.project} ${plan.domain} ${plan.name}`}>
              <span className={classes.name}>
                <EntityLink of={plan} />
              </span>
              {next === null ? <span className="faint">never</span> : <When at={next} />}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function When({ at }: { at: number }) {
  const isLate = useNow() - at > LATE
  return (
    <span className={isLate ? undefined : 'dim'} data-phase={isLate ? 'FAILED' : undefined}>
      {isLate && 'late: '}
      <Time at={at} />
    </span>
  )
}
