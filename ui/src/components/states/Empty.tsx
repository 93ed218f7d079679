import type { ReactNode } from 'react'
import { State } from './State'

interface EmptyProps {
  title: string
  icon?: ReactNode
  /** What to do next. */
  children?: ReactNode
  actions?: ReactNode
  small?: boolean
}

/** There is nothing here, and what to do about it. */
export function Empty(props: EmptyProps) {
  return <State {...props} />
}
