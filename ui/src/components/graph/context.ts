import { createContext, useContext } from 'react'
import type { Statuses } from '@/api/graph/feeds'
import type { Direction } from '@/core/graph/layout'
import type { Place } from '@/core/graph/place'

/** What all that is drawn of a graph needs to know. */
export interface GraphContext {
  statuses: Statuses
  /** It shows an execution, and not just how something is built. */
  isRun: boolean
  /** The execution has not ended. */
  isLive: boolean
  direction: Direction
  /** Key of what is selected; empty: nothing. */
  selected: string
  onSelect: (place: Place) => void
  onToggle: (key: string, isOpen: boolean) => void
  element: (map: Place) => number | null
  onElement: (map: Place, index: number | null) => void
  /** Keys of the nodes that decided how long it took; null: nobody wants to know. */
  critical: ReadonlySet<string> | null
}

const Context = createContext<GraphContext | null>(null)

export const GraphProvider = Context.Provider

export function useGraph(): GraphContext {
  const context = useContext(Context)
  if (!context) throw new Error('a part of a graph stands outside of one')
  return context
}
