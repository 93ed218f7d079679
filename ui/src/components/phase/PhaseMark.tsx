import { hasEnded, type Phase, phaseWord } from '@/core/phase/phase'
import classes from './PhaseMark.module.css'

interface PhaseMarkProps {
  phase: Phase
  /** It turns while it runs: only where what is shown is live. */
  live?: boolean
  /** Pixels of its sides. */
  size?: number
  /** With its word beside it. */
  word?: boolean
}

/** A phase as a colour and a shape, and a word for those who want it or hear the page. */
export function PhaseMark({ phase, live = false, size = 14, word = false }: PhaseMarkProps) {
  const turns = live && !hasEnded(phase) && phase !== 'PENDING'
  return (
    <span className={classes.root} data-phase={phase} title={word ? undefined : phaseWord(phase)}>
      <svg
        className={turns ? classes.turning : undefined}
        width={size}
        height={size}
        viewBox="0 0 16 16"
        aria-hidden
        focusable="false"
      >
        <PhaseShape phase={phase} />
      </svg>
      <span className={word ? classes.word : 'unseen'}>{phaseWord(phase)}</span>
    </span>
  )
}

/** The shape alone, 16 x 16 in the colour of `--phase`: for a larger drawing. */
export function PhaseShape({ phase }: { phase: Phase }) {
  const line = {
    fill: 'none',
    stroke: 'var(--phase)',
    strokeWidth: 2,
    strokeLinecap: 'round',
    strokeLinejoin: 'round',
  } as const
  switch (phase) {
    case 'PENDING':
      return <circle cx="8" cy="8" r="5.5" {...line} strokeWidth={1.75} />
    case 'LAUNCHING':
      return <circle cx="8" cy="8" r="5.5" {...line} strokeDasharray="3.2 3.71" />
    case 'RUNNING':
      return (
        <>
          <circle cx="8" cy="8" r="5.5" {...line} opacity="0.25" />
          <path d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5" {...line} />
        </>
      )
    case 'SUCCEEDED':
      return <path d="M3 8.5l3.3 3.5L13 4.5" {...line} />
    case 'FAILED':
      return <path d="M4 4l8 8M12 4l-8 8" {...line} />
    case 'ABORTED':
      return <rect x="3.5" y="3.5" width="9" height="9" rx="1.5" fill="var(--phase)" />
    case 'SKIPPED':
      return <path d="M3.5 8h9" {...line} />
    case 'LOST':
      return (
        <>
          <path d="M5.2 5.4a2.8 2.8 0 1 1 4 2.8c-.8.4-1.2.9-1.2 1.8" {...line} />
          <circle cx="8" cy="13" r="1.2" fill="var(--phase)" />
        </>
      )
  }
}
