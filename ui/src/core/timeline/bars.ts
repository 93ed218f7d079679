/** An attempt as the timeline has it. Times are seconds since the epoch. */
export interface TimelineAttempt {
  number: number
  phase: string
  created: number
  /** It waits for its retry until then. */
  due: number
  /** An executor has taken it. */
  taken: number | null
  /** User code has begun. */
  started: number | null
  /** User code has returned. */
  returned: number | null
  ended: number | null
  executor: string
}

export interface TimelineRow {
  path: string
  kind: string
  phase: string
  created: number
  ended: number | null
  reuse: '' | 'cached' | 'recovered'
  attempts: TimelineAttempt[]
}

/** As answered: what has its default is left out. */
export type SparseRow = Pick<TimelineRow, 'path' | 'kind' | 'phase' | 'created'> &
  Partial<Omit<TimelineRow, 'attempts'>> & { attempts?: SparseAttempt[] }
type SparseAttempt = Pick<TimelineAttempt, 'number' | 'phase' | 'created'> &
  Partial<Omit<TimelineAttempt, 'due'>> & { due?: number | null }

export function readRow(raw: SparseRow): TimelineRow {
  return {
    path: raw.path,
    kind: raw.kind,
    phase: raw.phase,
    created: raw.created,
    ended: raw.ended ?? null,
    reuse: raw.reuse ?? '',
    attempts: (raw.attempts ?? []).map(each => ({
      number: each.number,
      phase: each.phase,
      created: each.created,
      due: each.due ?? 0,
      taken: each.taken ?? null,
      started: each.started ?? null,
      returned: each.returned ?? null,
      ended: each.ended ?? null,
      executor: each.executor ?? '',
    })),
  }
}

/** What an attempt was at, one after the other. */
export type Stage = 'waiting' | 'queued' | 'starting' | 'running' | 'writing'

export interface Segment {
  stage: Stage
  from: number
  to: number
}

/**
 * An attempt in its stages. Clocks of machines differ: a stage never ends before it begins, and what
 * has not come to an end goes on until `now`.
 */
export function segments(attempt: TimelineAttempt, now: number): Segment[] {
  const end = attempt.ended ?? Math.max(now, attempt.created)
  const due = attempt.due > attempt.created ? attempt.due : null
  const marks: [Stage, number | null][] = [
    ['waiting', due === null ? null : attempt.created],
    ['queued', due ?? attempt.created],
    ['starting', attempt.taken],
    ['running', attempt.started],
    ['writing', attempt.returned],
  ]
  const begun = marks.filter((mark): mark is [Stage, number] => mark[1] !== null)
  const found: Segment[] = []
  let at = attempt.created
  for (const [index, [stage]] of begun.entries()) {
    const next = begun[index + 1]?.[1] ?? end
    const to = Math.min(Math.max(next, at), end)
    if (to > at) found.push({ stage, from: at, to })
    at = to
  }
  return found
}

/** From the start of its code to its end; of what runs none of its own, or has not yet, from its
 * beginning. As the graph tells it. */
export function took(row: TimelineRow, now: number): number {
  return Math.max(0, (row.ended ?? now) - (row.attempts.at(-1)?.started ?? row.created))
}

/** Whether its newest attempt was lost with its machine. */
export function isLost(row: TimelineRow): boolean {
  return row.attempts.at(-1)?.phase === 'LOST'
}

/** Why a stage took its time, for people. */
export function explain({ stage }: Segment, attempt: TimelineAttempt): string {
  const on = attempt.executor ? ` on ${attempt.executor}` : ''
  switch (stage) {
    case 'waiting':
      return `waited for its retry (attempt ${attempt.number})`
    case 'queued':
      return attempt.taken === null ? `waits for a free place${on}` : `waited for a free place${on}`
    case 'starting':
      return `a process was made ready and the code loaded${on}`
    case 'running':
      return 'your code'
    case 'writing':
      return 'outputs were stored'
  }
}
