import { Link } from '@tanstack/react-router'
import type { System } from '@/api/schema'
import { Section } from '@/components/page/Page'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { counted } from '@/core/text/shorten'
import classes from './HomePage.module.css'

/** Whether everything works that the work needs: what does not, first and in its own words. */
export function Health({ of }: { of: System }) {
  return (
    <Section
      title="Health"
      beside={
        <Link to="/settings" search={{ view: 'health' }}>
          Details
        </Link>
      }
    >
      <ul className={classes.rows}>
        <Checks of={of} />
        <Engines of={of} />
        <Executors of={of} />
      </ul>
    </Section>
  )
}

function Checks({ of: { checks } }: { of: System }) {
  const bad = checks.filter(check => !check.ok)
  if (bad.length === 0) {
    const told = checks.map(check => check.name).join(', ')
    return <Line isWell name="The server is well" title={told} told={`${checks.length} checks`} />
  }
  return bad.map(({ name, detail, hint }) => (
    <li key={name} className={classes.bad}>
      <PhaseMark phase="FAILED" />
      <span>
        {name}: {detail} {hint && <span className="dim">{hint}</span>}
      </span>
    </li>
  ))
}

function Engines({ of: { engines } }: { of: System }) {
  const alive = engines.filter(each => each.alive)
  const driving = alive.reduce((sum, each) => sum + each.driving, 0)
  return (
    <Line
      isWell={alive.length > 0}
      name={counted(alive.length, 'engine')}
      told={`${counted(driving, 'execution')} driven`}
    />
  )
}

/** Those that have work, and the one that gets it unless somebody says otherwise. */
function Executors({ of: { executors } }: { of: System }) {
  return executors
    .filter(each => each.default || each.running > 0 || each.waiting > 0)
    .map(({ name, running, waiting }) => (
      <Line
        key={name}
        isWell
        name={`Executor ${name}`}
        told={`${running} running, ${waiting} waiting`}
      />
    ))
}

interface LineProps {
  isWell: boolean
  name: string
  told: string
  title?: string
}

function Line({ isWell, name, told, title }: LineProps) {
  return (
    <li title={title}>
      <PhaseMark phase={isWell ? 'SUCCEEDED' : 'FAILED'} />
      <span className={classes.name}>{name}</span>
      <span className="faint numbers">{told}</span>
    </li>
  )
}
