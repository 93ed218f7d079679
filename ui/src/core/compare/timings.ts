/** A node execution of one of two executions. */
export interface Side {
  created: number
  ended: number | null
}

export interface Pair<S extends Side = Side> {
  path: string
  left: S | null
  right: S | null
}

/** Seconds that it took; of what goes on, until now. */
export function secondsOf(side: Side | null, now: number): number | null {
  return side && Math.max(0, (side.ended ?? now) - side.created)
}

/** How much longer it took on the right, in seconds; null: it is not on both sides. */
export function change(pair: Pair, now: number): number | null {
  const [left, right] = [secondsOf(pair.left, now), secondsOf(pair.right, now)]
  return left === null || right === null ? null : asShown(right) - asShown(left)
}

/** What is shown in milliseconds is compared in them. */
function asShown(seconds: number): number {
  return seconds < 1 ? Math.round(seconds * 1000) / 1000 : seconds
}

/** The longest that anything took. */
export function longestOf(pairs: readonly Pair[], now: number): number {
  return Math.max(
    0,
    ...pairs.flatMap(pair => [secondsOf(pair.left, now) ?? 0, secondsOf(pair.right, now) ?? 0]),
  )
}

/** Pairs by how much changed, what is on one side alone first. */
export function byChange<P extends Pair>(pairs: readonly P[], now: number): P[] {
  const weight = (pair: P) => Math.abs(change(pair, now) ?? Infinity)
  return pairs.toSorted((a, b) => compare(weight(b), weight(a)))
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}

/** How many times as long it took: `× 3.1`; nothing where that says little. */
export function ratio(left: number, right: number): string {
  if (left <= 0 || right <= 0) return ''
  const times = right / left
  if (times > 0.8 && times < 1.25) return ''
  return times < 1 ? `÷ ${few(1 / times)}` : `× ${few(times)}`
}

function few(times: number): string {
  return times < 9.95 ? times.toFixed(1) : Math.round(times).toLocaleString('en')
}
