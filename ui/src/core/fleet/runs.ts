import { phaseOf } from '../phase/phase'
import type { Bar } from './bars'
import { heightOf } from './grid'

interface Run {
  phase: string
  created: number
  ended: number | null
}

/** Executions as bars, each as high as it was long among them; what goes on as high as can be. */
export function barsOf(runs: readonly Run[]): Bar[] {
  const lengths = runs.map(({ created, ended }) => (ended === null ? null : ended - created))
  const longest = Math.max(0, ...lengths.map(seconds => seconds ?? 0))
  return runs.map(({ phase }, at) => {
    const seconds = lengths[at] ?? null
    return { phase: phaseOf(phase), height: seconds === null ? 1 : heightOf(seconds, longest) }
  })
}
