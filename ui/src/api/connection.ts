import { clock } from './clock'
import { Store } from './store'
import { token } from './token'

/** Whether the server answers. `since` is in seconds since the epoch.
 *
 * - `live`: it does;
 * - `catching up`: it does again, and what is on screen is being read anew;
 * - `offline`: it does not, since then; or it does, and cannot read what it keeps.
 */
export interface Connection {
  state: 'live' | 'catching up' | 'offline'
  since: number
  /** It is there, and its database is not. */
  isBlind: boolean
}

/** What is asked to see whether the server is there: it takes its database to answer that, and little
 * else. That nobody may know is an answer, too. */
const QUESTION = '/api/v1/projects'

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
    this.say('catching up')
    for (const act of this.returns) act()
    this.timer = setTimeout(() => this.say('live'), CATCH_UP)
  }

  lost(isBlind = false): void {
    if (this.get().state === 'offline') return
    clearTimeout(this.timer)
    this.say('offline', isBlind)
    this.askAgain()
  }

  /** It has said that it cannot do something: perhaps it can do nothing. */
  doubt(): void {
    if (this.get().state !== 'offline') this.ask()
  }

  private say(state: Connection['state'], isBlind = false): void {
    this.set({ state, since: clock.now(), isBlind })
  }

  private askAgain(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), ASK_AGAIN)
  }

  private ask(): void {
    if (this.isAsking) return
    this.isAsking = true
    answer().then(status => {
      this.isAsking = false
      if (status !== null && status < 500) this.answered()
      else if (this.get().state === 'offline') this.askAgain()
      else this.lost(status !== null)
    })
  }
}

/** The status of an answer of the server; null: none comes. */
async function answer(): Promise<number | null> {
  const secret = token.get()
  const headers = secret ? { authorization: `Bearer ${secret}` } : {}
  const signal = AbortSignal.timeout(PATIENCE)
  try {
    const response = await fetch(QUESTION, {
      headers,
      signal,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
    })
    return response.status
  } catch {
    return null
  }
}

export const connection = new Watch({ state: 'live', since: clock.now(), isBlind: false })
