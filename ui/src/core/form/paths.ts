/**
 * Places inside values, as the server writes them: `$.rows[3].price`, `$.by_name['tea']`.
 *
 * They are texts, compared and cut but never parsed any further.
 */

export const ROOT = '$'

export function fieldPath(path: string, name: string): string {
  return `${path}.${name}`
}

export function itemPath(path: string, index: number): string {
  return `${path}[${index}]`
}

/** An entry of a dict, by the text of its key. */
export function entryPath(path: string, key: string): string {
  return `${path}[${quoted(key)}]`
}

/** Whether a place is inside another one, or the same. */
export function isWithin(path: string, around: string): boolean {
  return path === around || (path.startsWith(around) && '.['.includes(path.charAt(around.length)))
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** A text as Python's `repr` writes it, for all that people use as keys. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  // eslint-disable-next-line no-control-regex -- they are what has to be escaped
  const inside = text.replace(/[\\\n\r\t\u0000-\u001f\u007f-\u00a0']/g, each => {
    if (each === "'") return quote === "'" ? "\\'" : each
    return ESCAPES[each] ?? `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return quote + inside + quote
}
