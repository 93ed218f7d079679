import { clock } from './clock'
import { Store } from './store'

/** Whether the server answers. `since` and `heard` are in seconds since the epoch.
 *
 * - `live`: it does;
 * - `catching up`: it does again, and what is on screen is being read anew;
 * - `offline`: it does not, since then.
 */
export interface Connection {
  state: 'live' | 'catching up' | 'offline'
  since: number
}

const ASK_AGAIN = 1500
/** Milliseconds without an answer after which the server is asked whether it is there. */
const SILENCE = 2000
/** Milliseconds that an answer may take: a server that stands still, or a network that swallows what is
 * sent, never answers and never refuses. */
const PATIENCE = 4000
/** Milliseconds that reading anew takes at most, to the eye. */
const CATCH_UP = 1500

/** Watches over the server: see `Connection`. Each answer and each failure is told to it; while the
 * server is away it asks by itself whether it is back.
 */
class Watch extends Store<Connection> {
  private timer: ReturnType<typeof setTimeout> | undefined
  private heard = 0
  private isAsking = false
  private readonly returns = new Set<() => void>()

  /** Have something done whenever the server is back. */
  onReturn(act: () => void): () => void {
    this.returns.add(act)
    return () => this.returns.delete(act)
  }

  /** Ask the server now and then, on a page that asks for nothing itself. */
  begin(): void {
    setInterval(() => {
      const isSilent = Date.now() - this.heard >= SILENCE
      if (isSilent && !document.hidden && this.get().state !== 'offline') this.ask()
    }, SILENCE)
  }

  answered(): void {
    this.heard = Date.now()
    if (this.get().state !== 'offline') return
    clearTimeout(this.timer)
    this.set({ state: 'catching up', since: clock.now() })
    for (const act of this.returns) act()
    this.timer = setTimeout(() => this.set({ state: 'live', since: clock.now() }), CATCH_UP)
  }

  lost(): void {
    if (this.get().state === 'offline') return
    clearTimeout(this.timer)
    this.set({ state: 'offline', since: clock.now() })
    this.askAgain()
  }

  private askAgain(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), ASK_AGAIN)
  }

  private ask(): void {
    if (this.isAsking) return
    this.isAsking = true
    const signal = AbortSignal.timeout(PATIENCE)
    const answer = fetch('/healthz', { credentials: 'omit', cache: 'no-store', signal })
    answer
      .then(
        response => response.ok,
        () => false,
      )
      .then(isThere => {
        this.isAsking = false
        if (isThere) this.answered()
        else this.missed()
      })
  }

  private missed(): void {
    if (this.get().state === 'offline') this.askAgain()
    else this.lost()
  }
}

export const connection = new Watch({ state: 'live', since: clock.now() })
