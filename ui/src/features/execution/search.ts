import { parsePlace, type Place } from '@/core/graph/place'
import type { PhaseName } from '@/core/graph/shape'
import { EXECUTION_PHASES } from '@/core/phase/phase'
import type { Span } from '@/core/timeline/span'

/** What the address says of the page: all that can be linked to. */
export interface ExecutionSearch {
  view?: string | undefined
  node?: string | undefined
  tab?: string | undefined
  attempt?: string | undefined
  line?: string | undefined
  deck?: string | undefined
  /** What somebody has opened and closed: see `core/graph/opened`. */
  open?: string | undefined
  /** Part of the path of the nodes that are listed, and the phases that they are in, with commas. */
  find?: string | undefined
  phases?: string | undefined
  /** Seconds from the beginning between which the timeline shows all: `0.5..2`. */
  span?: string | undefined
}

export const VIEWS = ['graph', 'timeline', 'nodes', 'events'] as const

export type View = (typeof VIEWS)[number]

export function viewOf(search: ExecutionSearch): View {
  return VIEWS.find(view => view === search.view) ?? 'graph'
}

/** The node that is selected; null: none is, and the panel is about the execution. */
export function selectedIn(search: ExecutionSearch, execution: string): Place | null {
  return search.node ? parsePlace(search.node, execution) : null
}

/** The phases of the nodes that are listed; none: any. */
export function phasesIn({ phases = '' }: ExecutionSearch): ReadonlySet<PhaseName> {
  const words = phases.toUpperCase().split(',')
  return new Set(EXECUTION_PHASES.filter(phase => words.includes(phase)))
}

/** The stretch of time that is shown; null: all of it. @param zero when the execution began */
export function spanIn({ span = '' }: ExecutionSearch, zero: number): Span | null {
  const [from = Number.NaN, to = Number.NaN] = span.split('..').map(Number)
  return from < to ? { from: zero + from, to: zero + to } : null
}

/** For the address. Milliseconds are as near as anybody looks. */
export function printSpan(span: Span | null, zero: number): string {
  return span ? [span.from, span.to].map(at => +(at - zero).toFixed(3)).join('..') : ''
}
