/** What stands behind the `?` of an address: text by name, several of one name as a list. */
export type Search = Record<string, string | string[] | undefined>

/** Reads it as forms write it: no value of it is anything but text. */
export function parseSearch(text: string): Search {
  const found: Search = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const before = found[name]
    found[name] = before === undefined ? value : [before, value].flat()
  }
  return found
}

/** Writes it. What is empty or undefined is left out, so that an address says no more than it has to. */
export function writeSearch(search: Record<string, unknown>): string {
  const written = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    for (const each of [value].flat()) {
      if (typeof each === 'string' ? each : typeof each === 'number')
        written.append(name, String(each))
    }
  }
  // Addresses are read by people: what need not be escaped in a query is not.
  const text = written.toString().replace(/%3A/g, ':').replace(/%2F/g, '/').replace(/%2C/g, ',')
  return text && `?${text}`
}

/** The text of a name, of several the first. */
export function one(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' && first !== '' ? first : undefined
}
