export interface Merged<T> {
  /** What is listed, each as it is now. */
  rows: T[]
  /** What has come since: newer than all of that. */
  fresh: T[]
}

/** What is listed, brought up to date without moving any of it.
 *
 * @param listed newest first, as it was read
 * @param known what has been read since, by id; it wins
 * @param head the beginning of the list as it is now
 */
export function merged<T extends { id: string }>(
  listed: readonly T[],
  known: ReadonlyMap<string, T>,
  head: readonly T[],
): Merged<T> {
  const now = new Map(known)
  for (const each of head) now.set(each.id, each)
  const ids = new Set<string>()
  const rows: T[] = []
  for (const each of listed) {
    if (ids.has(each.id)) continue // it was on two pages: the list has moved between them
    ids.add(each.id)
    rows.push(now.get(each.id) ?? each)
  }
  return { rows, fresh: freshOf(head, ids) }
}

/** Those of a head that stand before all that is listed. */
function freshOf<T extends { id: string }>(head: readonly T[], listed: ReadonlySet<string>): T[] {
  const end = head.findIndex(each => listed.has(each.id))
  return head.slice(0, end < 0 ? head.length : end)
}
