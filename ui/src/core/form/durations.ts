/** Durations as people write them; the rules are those of the server. */

const UNITS: Readonly<Record<string, bigint>> = {
  w: 604_800_000_000n,
  d: 86_400_000_000n,
  h: 3_600_000_000n,
  m: 60_000_000n,
  s: 1_000_000n,
  ms: 1_000n,
  us: 1n,
}
const NAMES: Readonly<Record<string, readonly string[]>> = {
  w: ['week', 'weeks'],
  d: ['day', 'days'],
  h: ['hour', 'hours', 'hr', 'hrs'],
  m: ['minute', 'minutes', 'min', 'mins'],
  s: ['second', 'seconds', 'sec', 'secs'],
  ms: ['millisecond', 'milliseconds'],
  us: ['microsecond', 'microseconds', 'µs'],
}
const BY_NAME = new Map(
  Object.entries(NAMES).flatMap(([unit, names]) => [unit, ...names].map(name => [name, unit])),
)

const PART = /(\d+)(?:\.(\d+))?\s*([a-zµ]+)[\s,]*/y
const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,6})\d*)?S)?)?$/

/** `1h30m`, `5 minutes`, `-90s`, `1.5h` or `PT1H30M` in microseconds; null: it is none of these. */
export function readDuration(text: string): bigint | null {
  const trimmed = text.trim()
  const negative = trimmed.startsWith('-')
  const plain = negative ? trimmed.slice(1) : trimmed
  const found = iso(plain) ?? sumOfParts(plain.toLowerCase())
  return found === null ? null : negative ? -found : found
}

/** The shortest text that is read back: `1h30m`, `250ms`, `0s`. */
export function writeDuration(microseconds: bigint): string {
  let left = microseconds < 0n ? -microseconds : microseconds
  let text = ''
  for (const [unit, size] of Object.entries(UNITS)) {
    if (unit !== 'w' && left >= size) {
      text += `${left / size}${unit}`
      left %= size
    }
  }
  return (microseconds < 0n ? '-' : '') + (text || '0s')
}

function iso(text: string): bigint | null {
  const found = ISO.exec(text)
  if (!found || text === 'P' || text.endsWith('T')) return null
  const parts = ['w', 'd', 'h', 'm', 's'].map(
    (unit, index) => BigInt(found[index + 1] ?? '0') * (UNITS[unit] ?? 0n),
  )
  return parts.reduce((sum, each) => sum + each, BigInt((found[6] ?? '').padEnd(6, '0')))
}

function sumOfParts(text: string): bigint | null {
  let total = 0n
  let at = 0
  for (;;) {
    PART.lastIndex = at
    const found = PART.exec(text)
    if (!found) break
    const [, whole = '0', fraction = '', name = ''] = found
    const unit = UNITS[BY_NAME.get(name) ?? '']
    if (unit === undefined) return null
    total += (BigInt(whole + fraction) * unit) / 10n ** BigInt(fraction.length)
    at = PART.lastIndex
  }
  return at > 0 && at === text.length ? total : null
}
