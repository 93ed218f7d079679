import { counted, size } from '../text/shorten'
import { frameHead } from './contents'
import { type Content, type Preview, shapeOf } from './preview'
import { quoted } from './python'

const LONG = 120
/** Characters of the first elements of a long list. */
const BEGINNING = 36

/** A value in a line: what it is where it is short, else what it holds and how much. */
export function inWords(preview: Preview): string {
  const shape = shapeOf(preview)
  switch (shape.shape) {
    case 'scalar':
      return typeof shape.value === 'string'
        ? cut(quoted(shape.value))
        : String(shape.value ?? 'None')
    case 'many': {
      const [open, close] = { list: '[]', tuple: '()', set: '{}' }[shape.word]
      const items = shape.items.map(inWords)
      const told = within(items, shape.length, open ?? '', close ?? '')
      return told ?? `${begun(items, open ?? '')}${counted(shape.length, 'element')}`
    }
    case 'entries': {
      const items = shape.entries.map(([key, value]) =>
        shape.word === 'record'
          ? `${String(key)}=${inWords(value)}`
          : `${inWords(key)}: ${inWords(value)}`,
      )
      const [open, close] = shape.word === 'record' ? [`${shape.name}(`, ')'] : ['{', '}']
      const told = within(items, shape.length, open, close)
      if (told) return told
      return shape.word === 'record'
        ? `${shape.name}, ${counted(shape.length, 'field')}`
        : counted(shape.length, 'entry', 'entries')
    }
    case 'text':
      return cut(quoted(shape.head), true)
    case 'bytes':
      return `${size(shape.length)}: ${shape.head}${shape.head.length < shape.length * 2 ? '…' : ''}`
    case 'content':
      return contentInWords(shape.content)
    case 'offloaded':
      if (shape.length !== undefined) return counted(shape.length, 'element')
      return shape.size === undefined ? 'kept elsewhere' : `${size(shape.size)}, kept elsewhere`
    case 'unknown':
      return 'something that cannot be shown'
  }
}

/** Content in a few words: `report.csv`, `1,000 rows × 3 columns`, `int64 3 × 4`. */
export function contentInWords(content: Content): string {
  const frame = frameHead(content.preview)
  if (frame) return `${counted(frame.rows, 'row')} × ${counted(frame.width, 'column')}`
  const facts = content.preview as { dtype?: unknown; shape?: unknown } | null
  if (facts && typeof facts === 'object' && Array.isArray(facts.shape)) {
    const type = typeof facts.dtype === 'string' ? facts.dtype : ''
    return `${type} ${facts.shape.join(' × ') || 'scalar'}`.trim()
  }
  return content.name || content.uri || content.format || content.kind
}

/** The first of some items, as many as fit. */
function begun(items: string[], open: string): string {
  let told = ''
  for (const item of items) {
    const longer = told ? `${told}, ${item}` : item
    if (longer.length > BEGINNING) break
    told = longer
  }
  return told && `${open}${told}, …  `
}

function within(items: string[], length: number, open: string, close: string): string | undefined {
  if (items.length < length) return undefined
  const told = `${open}${items.join(', ')}${close}`
  return told.length <= LONG ? told : undefined
}

function cut(text: string, goesOn = false): string {
  return text.length <= LONG && !goesOn ? text : `${text.slice(0, LONG - 1)}…`
}
