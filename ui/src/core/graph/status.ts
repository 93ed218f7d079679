import type { NodeKind, PhaseName } from './shape'

/** How a node execution stands. A node without a status is pending. */
export interface Status {
  path: string
  kind: NodeKind
  phase: PhaseName
  created: number
  started: number | null
  ended: number | null
  attempt: number
  reuse: '' | 'cached' | 'recovered'
  waiting: boolean
  until: number | null
  child: string
  failure: { code: string; message: string } | null
  lost: boolean
  elements: Partial<Record<PhaseName, number>> | null
}

/** As answered: what has its default is left out. */
export type SparseStatus = Pick<Status, 'path' | 'phase' | 'created'> & Partial<Status>

export function readStatus(raw: SparseStatus): Status {
  return {
    path: raw.path,
    kind: raw.kind ?? 'task',
    phase: raw.phase,
    created: raw.created,
    started: raw.started ?? null,
    ended: raw.ended ?? null,
    attempt: raw.attempt ?? 0,
    reuse: raw.reuse ?? '',
    waiting: raw.waiting ?? false,
    until: raw.until ?? null,
    child: raw.child ?? '',
    failure: raw.failure ?? null,
    lost: raw.lost ?? false,
    elements: raw.elements ?? null,
  }
}

/** Seconds that a node execution took, or has taken so far. Null: it has not begun. */
export function taken(status: Status | undefined, now: number): number | null {
  if (!status) return null
  return Math.max(0, (status.ended ?? now) - (status.started ?? status.created))
}

/** The phase to show: what has no status is still to come, unless it will not come any more. */
export function phaseShown(status: Pick<Status, 'phase'> | undefined, comes: boolean): PhaseName {
  return status?.phase ?? (comes ? 'PENDING' : 'SKIPPED')
}

/** The phase whose mark is shown: of what was lost with its machine that, whatever came of it. */
export function markOf(status: Marked | undefined, comes: boolean): Mark {
  return status?.lost ? 'LOST' : phaseShown(status, comes)
}

/** The phase of a node execution as it is marked. */
export type Mark = PhaseName | 'LOST'
export type Marked = Pick<Status, 'phase'> & Partial<Pick<Status, 'lost'>>

/** Phases in the order in which a strip shows them: what is done first. */
export const STRIP: readonly PhaseName[] = [
  'SUCCEEDED',
  'RUNNING',
  'FAILED',
  'ABORTED',
  'SKIPPED',
  'PENDING',
]

export interface Bucket {
  phase: PhaseName
  count: number
  /** Where it begins and ends, as a part of the whole. */
  from: number
  to: number
}

const LEAST = 0.015

/** A strip of elements by phase. What is there can be seen, however few it is. */
export function buckets(elements: Status['elements']): Bucket[] {
  const present = STRIP.map(phase => ({ phase, count: elements?.[phase] ?? 0 })).filter(
    each => each.count > 0,
  )
  const total = present.reduce((sum, each) => sum + each.count, 0)
  const widths = present.map(each => Math.max(LEAST, each.count / total))
  const all = widths.reduce((sum, width) => sum + width, 0)
  let at = 0
  return present.map((each, index) => {
    const from = at
    at += (widths[index] ?? 0) / all
    return { ...each, from, to: at }
  })
}
