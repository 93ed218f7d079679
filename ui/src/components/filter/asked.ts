import { clock } from '@/api/clock'

const asked = new Map<string, { at: number; ahead: number }>()

/** Seconds by which what is known of the server's clock may change without a question anew. */
const CLOSE = 5

/** When a filter line was first asked for on this page, in seconds since the epoch: what is
 * `started:2d` counts from then, so that the same line stays the same question.
 */
export function firstAsked(line: string): number {
  const ahead = clock.get()
  const known = asked.get(line)
  if (known && Math.abs(known.ahead - ahead) <= CLOSE) return known.at
  const at = Math.floor(clock.now())
  asked.set(line, { at, ahead })
  return at
}
