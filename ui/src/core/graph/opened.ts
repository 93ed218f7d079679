import { parsePlace, placeKey, placeOf, printPlace } from './place'

/** What somebody has opened (true) and closed, by the keys of the places; all else is as it is by
 * itself. */
export type ByHand = ReadonlyMap<string, boolean>

/** For the address: `n1,n2[3],-n4` has two open and one closed. */
export function printOpened(byHand: ByHand, own: string): string {
  return [...byHand]
    .map(([key, isOpen]) => (isOpen ? '' : '-') + printPlace(placeOf(key), own))
    .join(',')
}

/** Inverse of `printOpened`. */
export function readOpened(text: string, own: string): ByHand {
  const parts = text.split(',').filter(Boolean)
  return new Map(
    parts.map(part => [placeKey(parsePlace(part.replace(/^-/, ''), own)), !part.startsWith('-')]),
  )
}

/** What has been opened and closed after some more was.
 *
 * @param near what is open without a hand: closing that has to be said, too
 */
export function withChanges(byHand: ByHand, changes: ByHand, near: ByHand): ByHand {
  const after = new Map(byHand)
  for (const [key, isOpen] of changes) {
    // Back and forth is nothing, unless it was open to begin with.
    if (after.has(key) && after.get(key) !== isOpen && !near.has(key)) after.delete(key)
    else after.set(key, isOpen)
  }
  return after
}
