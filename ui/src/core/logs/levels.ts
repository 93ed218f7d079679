/** Levels of Python's `logging`, the gravest last. */
export const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const

export type Level = (typeof LEVELS)[number]

export const STREAMS = ['stdout', 'stderr', 'log'] as const

export type Stream = (typeof STREAMS)[number]

/** A level and those above it. */
export function from(level: Level): Level[] {
  return LEVELS.slice(LEVELS.indexOf(level))
}

export type Tone = 'plain' | 'stderr' | 'quiet' | 'warning' | 'error'

/** How a line is shown. */
export function toneOf(stream: string, level: string): Tone {
  if (level === 'WARNING') return 'warning'
  if (level === 'ERROR' || level === 'CRITICAL' || level === 'FATAL') return 'error'
  if (level === 'DEBUG') return 'quiet'
  return stream === 'stderr' ? 'stderr' : 'plain'
}
