import { ahead, narrowed, UNKNOWN } from '@/core/time/skew'
import { Store } from './store'

/** The server's clock: all times on screen are its own, and a browser's may be wrong. Its value is
 * how many seconds it is ahead; every answer tells.
 */
class ServerClock extends Store<number> {
  private skew = UNKNOWN

  /** Seconds since the epoch. */
  now(): number {
    return Date.now() / 1000 + this.get()
  }

  /** Learn from an answer that was asked for at `sent`, in milliseconds by the browser's clock. */
  told(response: Response, sent: number): void {
    const date = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(date)) return
    const received = Date.now() / 1000
    this.skew = narrowed(this.skew, { date: date / 1000, sent: sent / 1000, received })
    this.set(ahead(this.skew))
  }
}

export const clock = new ServerClock(0)
