import { type Preview, shapeOf } from './preview'

/** A value as a Python expression; undefined: the preview does not have all of it, or it is of a
 * kind that no literal is written for.
 */
export function toPython(preview: Preview): string | undefined {
  const shape = shapeOf(preview)
  switch (shape.shape) {
    case 'scalar':
      return scalar(shape.value)
    case 'many': {
      const items = all(shape.items, shape.length)
      if (!items) return undefined
      if (shape.word === 'tuple') return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`
      if (shape.word === 'set') return items.length === 0 ? 'set()' : `{${items.join(', ')}}`
      return `[${items.join(', ')}]`
    }
    case 'entries': {
      const values = all(
        shape.entries.map(entry => entry[1]),
        shape.length,
      )
      const keys = all(
        shape.entries.map(entry => entry[0]),
        shape.length,
      )
      if (!values || !keys) return undefined
      if (shape.word === 'dict')
        return `{${keys.map((key, at) => `${key}: ${values[at]}`).join(', ')}}`
      const fields = shape.entries.map(([key], at) => `${String(key)}=${values[at]}`)
      return `${shape.name}(${fields.join(', ')})`
    }
    case 'bytes':
      return shape.head.length === shape.length * 2 ? `bytes.fromhex('${shape.head}')` : undefined
    default:
      return undefined
  }
}

function all(previews: Preview[], length: number): string[] | undefined {
  if (previews.length < length) return undefined
  const found = previews.map(toPython)
  return found.every(each => each !== undefined) ? found : undefined
}

function scalar(value: null | boolean | number | string): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  return quoted(value)
}

// eslint-disable-next-line no-control-regex -- these are what is written another way
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g
/** What changes the direction of writing. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** A text as Python writes it. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(CONTROL, each => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(TURNING, each => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `${quote}${escaped}${quote}`
}

/** How a program gets a value of an execution. */
export function fetching(url: string, execution: string, side: string, name: string): string {
  return [
    'from volery import Remote',
    '',
    `with Remote(${quoted(url)}) as remote:`,
    `    value = remote.fetch_execution(${quoted(execution)}).${side}()[${quoted(name)}]`,
  ].join('\n')
}
