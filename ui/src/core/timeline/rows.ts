import type { TimelineRow } from './bars'

/** A line of the timeline. */
export interface Line {
  key: string
  execution: string
  depth: number
  row: TimelineRow
  /** Null: there is nothing inside. */
  open: boolean | null
}

/** A line for what is only told about: more that is not read yet. */
export interface More {
  key: string
  depth: number
  more: string
}

export interface RowSources {
  /** The rows of a scope, known so far; undefined: none yet. */
  rows: (scope: string) => readonly TimelineRow[] | undefined
  /** The server has more of them. */
  hasMore: (scope: string) => boolean
  /** The key of the scope inside of a row; empty: there is none. */
  inside: (key: string, row: TimelineRow) => string
  isOpen: (key: string) => boolean
}

/** The lines of a scope and of what is open in it, in the order in which they began; of what began
 * at once the numbers in their paths decide. Scopes are known by keys `execution:path`. */
export function lines(scope: string, sources: RowSources, depth = 0): (Line | More)[] {
  const execution = scope.slice(0, scope.indexOf(':'))
  const found: (Line | More)[] = []
  for (const row of byBeginning(sources.rows(scope) ?? [])) {
    const key = `${execution}:${row.path}`
    const inside = sources.inside(key, row)
    const open = inside === '' ? null : sources.isOpen(key)
    found.push({ key, execution, depth, row, open })
    if (open) found.push(...lines(inside, sources, depth + 1))
  }
  if (sources.hasMore(scope)) found.push({ key: `${scope}/more`, depth, more: scope })
  return found
}

const NUMBERS = new Intl.Collator('en', { numeric: true })

function byBeginning(rows: readonly TimelineRow[]): TimelineRow[] {
  return rows.toSorted((a, b) => a.created - b.created || NUMBERS.compare(a.path, b.path))
}

export function isMore(line: Line | More): line is More {
  return 'more' in line
}
