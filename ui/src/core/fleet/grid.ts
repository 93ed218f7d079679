import { phaseOf } from '../phase/phase'
import type { Bar } from './bars'

/** A row as the server has it: a node in each of the executions, newest first. */
export interface Row {
  path: string
  entity: string
  kind: string
  phases: readonly (string | null)[]
  durations: readonly (number | null)[]
  attempts: readonly (number | null)[]
  reused: readonly (boolean | null)[]
  failures: number
  retried: number
  flakiness: number
  median: number | null
  opens: boolean
}

/** A node in one execution; how high it is drawn is among those of its row. */
export interface Cell extends Bar {
  seconds: number | null
  attempts: number
}

/** The cells of a row, oldest first; null: the execution has no such node. */
export function cellsOf(row: Row): (Cell | null)[] {
  const longest = Math.max(0, ...row.durations.map(seconds => seconds ?? 0))
  return row.phases
    .map((phase, at): Cell | null => {
      if (phase === null) return null
      const seconds = row.durations[at] ?? null
      const attempts = row.attempts[at] ?? 0
      return {
        phase: phaseOf(phase),
        seconds,
        attempts,
        isReused: row.reused[at] ?? false,
        isRetried: phase === 'SUCCEEDED' && attempts > 1,
        height: heightOf(seconds, longest),
      }
    })
    .toReversed()
}

/** A length of time against the longest one, from 0 to 1. Roots: what is short can still be seen
 * beside what is ten times as long.
 */
export function heightOf(seconds: number | null, longest: number): number {
  if (seconds === null || longest <= 0) return 0
  return Math.sqrt(Math.min(1, Math.max(0, seconds / longest)))
}

/** What rows are sorted by; `order`: as the nodes stand in their graph. */
export const ORDERS = ['order', 'failures', 'flakiness', 'median'] as const
export type Order = (typeof ORDERS)[number]

/** Rows by what is worst first; where it is the same, as they come. */
export function sorted<R extends Row>(rows: readonly R[], order: Order): R[] {
  if (order === 'order') return [...rows]
  return rows.toSorted((a, b) => (b[order] ?? -1) - (a[order] ?? -1))
}

/** What is last in the name of an entity, which tells most: `train` of `flows.train`. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}
