/** A part of a filter line: `phase:failed`, `label:"team=deep blue"`, or a bare word without a key. */
export interface Term {
  key: string
  value: string
  /** Where it stands in the line. */
  start: number
  end: number
}

const TERM = /([A-Za-z_]+(?:\.[^\s:"]+)?:)?("(?:[^"\\]|\\.)*"?|[^\s]*)/g

/** The parts of a filter line, in order. */
export function terms(line: string): Term[] {
  const found: Term[] = []
  for (const match of line.matchAll(TERM)) {
    const [text, key = '', value = ''] = match
    if (text === '') continue
    const start = match.index
    found.push({ key: key.slice(0, -1), value: unquoted(value), start, end: start + text.length })
  }
  return found
}

/** A term as it is written. */
export function term(key: string, value: string): string {
  const written = /[\s"]/.test(value) || value === '' ? JSON.stringify(value) : value
  return key ? `${key}:${written}` : written
}

/** The line with a value for a key in place of all that it had; empty: without the key. */
export function withValue(line: string, key: string, value: string): string {
  const others = terms(line)
    .filter(each => each.key !== key)
    .map(each => term(each.key, each.value))
  return [...others, ...(value ? [term(key, value)] : [])].join(' ')
}

export function withoutKey(line: string, key: string): string {
  return withValue(line, key, '')
}

/** The values of a key, also of those that stand together with commas. */
export function valuesOf(line: string, key: string): string[] {
  return terms(line)
    .filter(each => each.key === key)
    .flatMap(each => each.value.split(','))
    .filter(Boolean)
}

/** The term that is being written at a place of the line; an empty one between others. */
export function termAt(line: string, place: number): Term {
  const found = terms(line).find(each => each.start <= place && place <= each.end)
  return found ?? { key: '', value: '', start: place, end: place }
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value
  const inner = value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value.slice(1)
  return inner.replace(/\\(.)/g, '$1')
}

/** The term for a stretch of time, to the second. */
export function between(since: number, until: number): string {
  const written = (at: number) => `${new Date(at * 1000).toISOString().slice(0, 19)}Z`
  return term('started', `${written(since)}..${written(until)}`)
}
