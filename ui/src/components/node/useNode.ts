import { useQuery } from '@tanstack/react-query'
import { summary } from '@/api/executions/queries'
import { nodeOpening } from '@/api/openings/queries'
import type { Attempt, Deck, Failure, Node } from '@/api/schema'
import type { Place } from '@/core/graph/place'
import { hasEnded, type Phase, phaseOf } from '@/core/phase/phase'
import { attemptsPath } from './tabs'

/** What the panel is about: a node execution, or with an empty path the execution itself. */
export interface Shown {
  of: Place
  /** None: it is the execution. */
  node: Node | undefined
  kind: string
  phase: Phase
  live: boolean
  failure: Failure | null
  /** Where its attempts are; they have the logs. */
  code: Place
  attempts: readonly Attempt[]
  /** What the newest of them shows. */
  decks: readonly Deck[]
  /** The execution that it has started; empty: it starts none. */
  child: string
  /** Where its outputs come from, as `execution/path`; empty: it has run. */
  reused: string
}

export type Found = { shown: Shown } | { error: unknown; retry: () => void } | 'loading'

const NONE: readonly Attempt[] = []
const NO_DECKS: readonly Deck[] = []

/** What the panel is about. A node execution is read again and again until it has ended: nothing else
 * tells of the decks that it publishes. Whoever shows an execution keeps that true. */
export function useNode(of: Place): Found {
  const isWhole = of.path === ''
  const opened = useQuery(nodeOpening(of))
  const whole = useQuery({ ...summary(of.execution), enabled: isWhole })
  const asked = isWhole ? whole : opened
  const node = opened.data?.node
  const shown = isWhole ? whole.data?.execution : node
  if (shown === undefined) {
    return asked.isError ? { error: asked.error, retry: () => void asked.refetch() } : 'loading'
  }
  const kind = node?.kind ?? 'execution'
  const phase = phaseOf(shown.phase)
  const { child = '', cached = '', recovered = '', range = '' } = node ?? {}
  return {
    shown: {
      of,
      node,
      kind,
      phase,
      live: !hasEnded(phase),
      failure: shown.failure,
      code: { execution: of.execution, path: range || attemptsPath(kind, of.path) },
      attempts: opened.data?.attempts ?? NONE,
      decks: opened.data?.decks ?? NO_DECKS,
      child,
      reused: cached || recovered,
    },
  }
}
