/** Between which seconds a server's clock is ahead of this one. */
export interface Skew {
  least: number
  most: number
}

/** Nothing is known yet. */
export const UNKNOWN: Skew = { least: -Infinity, most: Infinity }

/** Seconds that the time in an answer may be behind: it has whole seconds, and is made now and then. */
const COARSE = 2

/** An answer of a server, in seconds since the epoch: what its clock says in it, and when it was
 * asked for and came by the clock that is here.
 */
export interface Told {
  date: number
  sent: number
  received: number
}

/** What is known after one more answer. What does not agree with the answers before it is believed
 * alone: one of the clocks has been set.
 */
export function narrowed(before: Skew, { date, sent, received }: Told): Skew {
  const told = { least: date - received, most: date + COARSE - sent }
  const both = {
    least: Math.max(before.least, told.least),
    most: Math.min(before.most, told.most),
  }
  return both.least <= both.most ? both : told
}

/** The seconds to add to the clock that is here: none, while that agrees with all answers. */
export function ahead({ least, most }: Skew): number {
  return Math.min(Math.max(0, least), most)
}
