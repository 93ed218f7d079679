import { useQuery } from '@tanstack/react-query'
import { health, system } from '@/api/server/queries'
import type { Check, EngineState, ExecutorState, System } from '@/api/schema'
import { Copy } from '@/components/name/Name'
import { Section } from '@/components/page/Page'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Loaded } from '@/components/states/Loaded'
import { whatOf } from '@/core/health/words'
import { visible } from '@/core/text/visible'
import classes from './settings.module.css'

/** Whether the server can do its work: each thing that it needs, and who is at work. */
export function Health() {
  const whole = useQuery(system)
  // Who has rights in some projects only is told how the server is, and not what it is made of.
  const checked = useQuery({ ...health, enabled: whole.isError })
  if (whole.isError && checked.data) return <Checks of={checked.data.checks} />
  return <Loaded of={whole}>{found => <Whole of={found} />}</Loaded>
}

function Whole({ of: { checks, engines, executors } }: { of: System }) {
  return (
    <div className={classes.sections}>
      <Checks of={checks} />
      <Engines of={engines} />
      <Executors of={executors} />
    </div>
  )
}

function Checks({ of }: { of: readonly Check[] }) {
  const bad = of.filter(check => !check.ok).length
  return (
    <Section title="Checks" beside={bad ? `${bad} of ${of.length} not well` : 'all well'}>
      <ul className={classes.checks}>
        {of.map(check => (
          <Line key={check.name} of={check} />
        ))}
      </ul>
    </Section>
  )
}

function Line({ of: { name, ok, detail, hint } }: { of: Check }) {
  return (
    <li>
      <PhaseMark phase={ok ? 'SUCCEEDED' : 'FAILED'} />
      <span className={classes.name}>{name}</span>
      <p className={classes.what}>{whatOf(name)}</p>
      <span className={classes.well}>{ok ? 'well' : 'not well'}</span>
      {detail && <p className={ok ? classes.what : classes.bad}>{visible(detail)}</p>}
      {hint && <p className={classes.what}>{visible(hint)}</p>}
    </li>
  )
}

function Engines({ of }: { of: readonly EngineState[] }) {
  return (
    <Section title="Engines">
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th className={classes.mark} aria-label="Whether it is at work" />
              <th>Engine</th>
              <th>Pool</th>
              <th className={classes.number}>Executions</th>
              <th className={classes.number}>Attempts</th>
            </tr>
          </thead>
          <tbody>
            {of.map(({ id, pool, alive, here, driving, attempts }) => (
              <tr key={id} data-faded={!alive || undefined}>
                <td className={classes.mark}>
                  <PhaseMark phase={alive ? 'SUCCEEDED' : 'LOST'} />
                </td>
                <td>
                  <Copy of={id} mono />
                  {here && <span className={classes.tag}>this server</span>}
                  {!alive && <span className={classes.tag}>gone</span>}
                </td>
                <td className="dim">{pool || 'default'}</td>
                <td className={classes.number}>{driving}</td>
                <td className={classes.number}>{attempts}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function Executors({ of }: { of: readonly ExecutorState[] }) {
  return (
    <Section title="Executors">
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th>Executor</th>
              <th className={classes.number}>Running</th>
              <th className={classes.number}>Waiting</th>
            </tr>
          </thead>
          <tbody>
            {of.map(({ name, default: isDefault, here, running, waiting }) => (
              <tr key={name} data-faded={!here || undefined}>
                <td className={classes.strong}>
                  {name}
                  {isDefault && <span className={classes.tag}>unless a task names another</span>}
                  {!here && <span className={classes.tag}>not on this server</span>}
                </td>
                <td className={classes.number}>{running}</td>
                <td className={classes.number}>{waiting}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
