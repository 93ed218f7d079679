import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef } from 'react'
import { PAGES } from './pages'

/** Milliseconds between the two keys at most. */
const PATIENCE = 2000

/** Keys that work everywhere: Ctrl-K or `/` searches, `g` and a letter goes to a page. */
export function useKeys(onSearch: () => void): void {
  const navigate = useNavigate()
  const goes = useRef(-Infinity) // when `g` was pressed
  const listen = useEffectEvent((event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      onSearch()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (event.key === '/') {
      event.preventDefault()
      onSearch()
    } else if (event.key === 'g') {
      goes.current = event.timeStamp
    } else if (event.timeStamp - goes.current < PATIENCE) {
      goes.current = -Infinity
      const page = PAGES.find(each => each.key === event.key)
      if (page) navigate({ to: page.to })
    }
  })
  useEffect(() => {
    const hear = (event: KeyboardEvent) => listen(event)
    document.addEventListener('keydown', hear)
    return () => document.removeEventListener('keydown', hear)
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
