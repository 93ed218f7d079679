import type { Course } from '@/api/schema'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { Time } from '@/components/time/Time'
import { scheduleWords } from '@/core/schedule/words'
import classes from './Overview.module.css'

/** When a launch plan starts by itself next. */
export function Fires({ of: { told, fires } }: { of: Course }) {
  return (
    <Section
      title="Next by schedule"
      beside={told && <span title={told}>{scheduleWords(told)}</span>}
    >
      {fires.length === 0 ? (
        <Empty small title="It starts only when somebody does it" />
      ) : (
        <ul className={classes.fires}>
          {fires.map(({ at, note }) => (
            <li key={at}>
              <span className="mono">
                <Time at={at} full />
              </span>
              {note ? (
                <span className={classes.note}>{note}</span>
              ) : (
                <span className="faint">
                  <Time at={at} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
