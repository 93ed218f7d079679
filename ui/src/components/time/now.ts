import { useSyncExternalStore } from 'react'
import { clock } from '@/api/clock'

const listeners = new Set<() => void>()
let now = Math.floor(clock.now())
let timer: ReturnType<typeof setInterval> | undefined

/** One clock for all that shows how long something takes or how long ago it was: it ticks once a
 * second, and not at all while nobody looks at the page.
 */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    timer = setInterval(tick, 1000)
    now = Math.floor(clock.now()) // nobody has looked for a while
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function tick(): void {
  if (document.hidden) return
  now = Math.floor(clock.now())
  for (const listener of [...listeners]) listener()
}

clock.subscribe(tick)

/** The server's time in whole seconds since the epoch, as it goes on. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
