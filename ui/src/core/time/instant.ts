import { offsetAt } from './offset'

/** Seconds since the epoch, as the API has them. */
export type Seconds = number

const STEPS: [limit: number, size: number, unit: string][] = [
  [60, 1, 's'],
  [3600, 60, 'min'],
  [24 * 3600, 3600, 'h'],
  [30 * 24 * 3600, 24 * 3600, 'd'],
]

/** How far away a moment is: `just now`, `40 s ago`, `in 3 h`; a date when it is over a month. */
export function relative(at: Seconds, now: Seconds, zone?: string): string {
  const away = Math.abs(now - at)
  const isPast = now >= at
  if (away < 2) return 'just now'
  for (const [limit, size, unit] of STEPS) {
    if (away >= limit) continue
    const told = `${Math.floor(away / size)} ${unit}`
    return isPast ? `${told} ago` : `in ${told}`
  }
  return absolute(at, zone).slice(0, 10)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** A moment as ISO 8601 writes it, to the second, in a zone: `2026-11-23 04:05:06 UTC`.
 *
 * @param zone an IANA name; none: that of this browser
 */
export function absolute(at: Seconds, zone?: string): string {
  const parts = Object.fromEntries(
    format(zone)
      .formatToParts(at * 1000)
      .map(part => [part.type, part.value]),
  )
  const { year, month, day, hour, minute, second, timeZoneName } = parts as Record<string, string>
  return `${year}-${month}-${day} ${hour}:${minute}:${second} ${timeZoneName}`
}

/** The time of day alone, with milliseconds: `04:05:06.789`. */
export function clock(at: Seconds, zone?: string): string {
  const millis = String(Math.floor((at % 1) * 1000)).padStart(3, '0')
  return `${absolute(at, zone).slice(11, 19)}.${millis}`
}

function format(zone = ''): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(zone ? { timeZone: zone } : {}),
  })
  formats.set(zone, made)
  return made
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 24 * 3600, w: 7 * 24 * 3600 }

/** A moment as people write it: `2d` and `90m` (so long ago), or a date with or without a time.
 *
 * @param zone in which a date without an offset is meant: an IANA name; none: that of this browser
 * @returns undefined: it is none
 */
export function moment(text: string, now: Seconds, zone = ''): Seconds | undefined {
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(text) ?? []
  if (count && unit) return now - Number(count) * (UNITS[unit] ?? 0)
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined
  const local = text.length === 10 ? `${text}T00:00` : text
  const isSaid = zone === '' || /(Z|[+-]\d{2}(:?\d{2})?)$/i.test(local.slice(10))
  const parsed = Date.parse(isSaid ? local : local + (offsetAt(local, zone) ?? ''))
  return Number.isNaN(parsed) ? undefined : parsed / 1000
}
