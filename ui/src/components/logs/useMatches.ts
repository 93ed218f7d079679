import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Log } from '@/api/logs/log'

const PATIENCE = 200
/** Milliseconds between searches of a log that grows. */
const PERIOD = 2000

export interface Matches {
  text: string
  search: (text: string) => void
  /** What is marked: the text that was searched for. */
  searched: string
  /** Positions of the lines that have it, the first ones. */
  at: readonly number[]
  /** How many there are. */
  total: number
  /** Which of them is shown, from 0; -1: none was gone to. */
  current: number
  go: (step: 1 | -1) => number | undefined
  isSearching: boolean
}

const NOWHERE: readonly number[] = []

/** Searches the lines of a log. */
export function useMatches(log: Log, key: string, complete: boolean): Matches {
  const [text, setText] = useState('')
  const [current, setCurrent] = useState(-1)
  const [searched] = useDebouncedValue(text, PATIENCE)
  const found = useQuery({
    queryKey: ['log matches', key, searched],
    queryFn: ({ signal }) => log.matches(searched, signal),
    enabled: searched !== '',
    placeholderData: keepPreviousData,
    refetchInterval: complete ? false : PERIOD,
  })
  const { at = NOWHERE, total = 0 } = searched ? (found.data ?? {}) : {}
  return {
    text,
    search: next => {
      setText(next)
      setCurrent(-1)
    },
    searched,
    at,
    total,
    current,
    go: step => {
      if (at.length === 0) return undefined
      const next =
        current < 0 ? (step > 0 ? 0 : at.length - 1) : (current + step + at.length) % at.length
      setCurrent(next)
      return at[next]
    },
    isSearching: found.isFetching,
  }
}
