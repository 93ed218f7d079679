/** Where an execution, a node execution or an attempt stands. */
export const PHASES = [
  'PENDING',
  'LAUNCHING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'SKIPPED',
  'ABORTED',
  'LOST',
] as const

export type Phase = (typeof PHASES)[number]

/** Those of executions and node executions, in the order in which they are of interest. */
export const EXECUTION_PHASES = [
  'RUNNING',
  'FAILED',
  'PENDING',
  'SUCCEEDED',
  'ABORTED',
  'SKIPPED',
] as const satisfies readonly Phase[]

const WORDS: Record<Phase, string> = {
  PENDING: 'pending',
  LAUNCHING: 'launching',
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  SKIPPED: 'skipped',
  ABORTED: 'aborted',
  LOST: 'lost',
}

const OPEN: ReadonlySet<Phase> = new Set(['PENDING', 'LAUNCHING', 'RUNNING'])

/** A phase as it comes from the server; one that this page does not know yet counts as pending. */
export function phaseOf(text: string): Phase {
  const upper = text.toUpperCase()
  return PHASES.find(phase => phase === upper) ?? 'PENDING'
}

export function phaseWord(phase: Phase): string {
  return WORDS[phase]
}

/** Whether nothing changes about it any more. */
export function hasEnded(phase: Phase): boolean {
  return !OPEN.has(phase)
}

/** The name of its colour among the tokens, as `var(--v-failed)`; for what is no element. */
export function phaseToken(phase: Phase): string {
  return `--v-${phase === 'LAUNCHING' ? 'running' : WORDS[phase]}`
}
