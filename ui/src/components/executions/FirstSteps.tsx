import { CopyButton } from '@/components/name/CopyButton'
import { Empty } from '@/components/states/Empty'
import classes from './FirstSteps.module.css'

const STEPS = [
  { what: 'Make a small project', command: 'volery init hello && cd hello' },
  { what: 'Have commands ask this server', command: `export VOLERY_SERVER=${location.origin}` },
  {
    what: 'Run its workflow here',
    command: 'volery run flow.py pipeline --remote --file "$PWD/data.csv"',
  },
]

/** The three commands that make the first execution. */
export function FirstSteps() {
  return (
    <Empty title="Nothing has been run yet">
      <p>Three commands make the first execution:</p>
      <ol className={classes.steps}>
        {STEPS.map(({ what, command }) => (
          <li key={command}>
            <span className={classes.what}>{what}</span>
            <span className={classes.command}>
              <code className="mono">{command}</code>
              <CopyButton text={command} what={`the command: ${what.toLowerCase()}`} />
            </span>
          </li>
        ))}
      </ol>
    </Empty>
  )
}
