import { useQuery } from '@tanstack/react-query'
import { health } from '@/api/server/queries'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Section } from '@/components/page/Page'
import { Loaded } from '@/components/states/Loaded'
import classes from './settings.module.css'

/** Whether the server can do its work: each thing that it needs. */
export function Health() {
  const found = useQuery(health)
  return (
    <Section title="Health">
      <Loaded of={found} small>
        {({ checks }) => (
          <ul className={classes.checks}>
            {checks.map(({ name, ok, detail, hint }) => (
              <li key={name}>
                <PhaseMark phase={ok ? 'SUCCEEDED' : 'FAILED'} />
                <span className={classes.name}>{name}</span>
                <div>
                  <p>{detail || (ok ? 'well' : 'not well')}</p>
                  {hint && <p className="faint">{hint}</p>}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  )
}
