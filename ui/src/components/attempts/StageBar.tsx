import type { Stage, StageName } from '@/core/attempts/stages'
import { duration } from '@/core/time/duration'
import classes from './StageBar.module.css'

const WORDS: Record<StageName, string> = {
  waiting: 'waiting to retry',
  queued: 'queued',
  starting: 'starting',
  running: 'running',
  writing: 'writing',
}

interface StageBarProps {
  stages: readonly Stage[]
  /** Seconds that the whole width stands for: attempts beside each other share it. */
  scale: number
}

/** An attempt as a bar, split into its stages, with each of them in words below. */
export function StageBar({ stages, scale }: StageBarProps) {
  const told = stages.map(stage => `${WORDS[stage.name]} ${length(stage)}`)
  return (
    <div>
      <div className={classes.bar} role="img" aria-label={told.join(', ')}>
        {stages.map(stage => (
          <span
            key={stage.name}
            className={classes.part}
            data-stage={stage.name}
            style={{ width: `${(100 * (stage.to - stage.from)) / Math.max(scale, 0.001)}%` }}
          />
        ))}
      </div>
      <ul className={classes.words} aria-hidden>
        {stages.map(stage => (
          <li key={stage.name} data-stage={stage.name}>
            <i className={classes.part} data-stage={stage.name} />
            {WORDS[stage.name]} <span className="mono">{length(stage)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function length(stage: Stage): string {
  const seconds = stage.to - stage.from
  return duration(seconds)
}
