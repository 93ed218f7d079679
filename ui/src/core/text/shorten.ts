/** Letters that are worth to be left out. */
const LEAST = 4

/** Splits a name where it may be cut: what is most telling stands at its ends. The first part
 * gives way to an ellipsis where there is no room, and the second one stays.
 */
export function ends(name: string, kept = 8): [head: string, tail: string] {
  const letters = Array.from(name)
  if (letters.length < kept + LEAST) return [name, '']
  return [letters.slice(0, -kept).join(''), letters.slice(-kept).join('')]
}

/** Splits the name of an entity before its last part, which tells most; the module may be cut. */
export function atDot(name: string): [module: string, last: string] {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? [name, ''] : [name.slice(0, dot + 1), name.slice(dot + 1)]
}

/** A name of at most so many characters, with its middle left out. */
export function shorten(name: string, most: number): string {
  const letters = Array.from(name)
  if (letters.length <= most) return name
  const tail = Math.floor((most - 1) / 2)
  return `${letters.slice(0, most - 1 - tail).join('')}…${letters.slice(-tail).join('')}`
}

/** A count with its noun: `1 node`, `3 nodes`, `1,200 nodes`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB']

/** A size in bytes, to three digits: `340 B`, `1.23 MB`. */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < SIZES.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0
  return `${value.toFixed(digits)} ${SIZES[unit] ?? ''}`
}
