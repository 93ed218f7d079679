/** Dates, times and datetimes as text: what the server reads, and their parts for the fields. */
import { offsetAt } from '../time/offset'

const DATE = /^(\d{4})-?(\d{2})-?(\d{2})$/
const WEEK = /^\d{4}-?W\d{2}(-?[1-7])?$/
const CLOCK = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?$/
const OFFSET = /(?:Z|[+-]\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d+)?)?)?)$/
const TAIL = /^(\[[^\]]+\])?(#1)?$/

export function isDate(text: string): boolean {
  const plain = text.trim()
  return plain.toLowerCase() === 'today' || WEEK.test(plain) || isCalendarDate(plain)
}

export function isTime(text: string): boolean {
  const parts = splitZone(text.trim())
  return parts !== null && isClock(parts.local)
}

export function isDatetime(text: string): boolean {
  const plain = text.trim()
  if (/^(now|today)$/i.test(plain)) return true
  const [date = '', clock] = halves(plain)
  if (clock === undefined) return isCalendarDate(date) || WEEK.test(date)
  const parts = splitZone(clock)
  return parts !== null && (isCalendarDate(date) || WEEK.test(date)) && isClock(parts.local)
}

/** A datetime in two: `2024-05-01T09:00` and what says its zone; null: it has no such form. */
export function splitDatetime(text: string): { local: string; zone: string } | null {
  const [date = '', clock] = halves(text.trim())
  if (!isCalendarDate(date)) return null
  const parts = splitZone(clock ?? '00:00')
  if (!parts || !isClock(parts.local)) return null
  return { local: `${date}T${parts.local}`, zone: parts.name || parts.offset }
}

/**
 * A datetime from a reading of the clock and a zone: by name, an offset, or none.
 *
 * With a name the offset is written too: it serves readers that know no zones.
 */
export function joinDatetime(local: string, zone: string): string {
  if (!zone || OFFSET.test(zone)) return local + zone
  const offset = offsetAt(local, zone)
  return offset === null ? `${local}[${zone}]` : `${local}${offset}[${zone}]`
}

/** Names of the zones that this browser knows. */
export function zoneNames(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter(each => each !== 'UTC')]
}

function halves(text: string): string[] {
  return text.split(/[T ](.*)/s, 2)
}

function splitZone(clock: string): { local: string; offset: string; name: string } | null {
  const [, plain = '', tail = ''] = /^([^[#]*)(.*)$/s.exec(clock) ?? []
  if (!TAIL.test(tail)) return null
  const offset = OFFSET.exec(plain)?.[0] ?? ''
  const local = plain.slice(0, plain.length - offset.length)
  return { local, offset, name: /\[(.+)\]/.exec(tail)?.[1] ?? '' }
}

function isCalendarDate(text: string): boolean {
  const found = DATE.exec(text)
  if (!found) return false
  const [year = 0, month = 0, day = 0] = found.slice(1).map(Number)
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year)
  const last = new Date(Date.UTC(2000, month, 0))
  last.setUTCFullYear(year, month, 0)
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= last.getUTCDate()
}

function isClock(text: string): boolean {
  const found = CLOCK.exec(text)
  if (!found) return false
  const [hour = 0, minute = 0, second = 0] = found.slice(1).map(each => Number(each || 0))
  return hour < 24 && minute < 60 && second < 60
}
