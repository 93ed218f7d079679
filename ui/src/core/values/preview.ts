/** What the server shows of a value: JSON whose objects have a `type` (see `types/preview.py`). */
export type Preview = unknown

/** A preview, told apart.
 *
 * - `scalar`: it stands for itself;
 * - `many`: elements; `items` may be the first of them only;
 * - `entries`: of a dict or a record, the same;
 * - `text`, `bytes`: the beginning;
 * - `content`: a file, a table, an array, an image, ...;
 * - `offloaded`: it is kept elsewhere, and has to be opened.
 */
export type Shape =
  | { shape: 'scalar'; value: null | boolean | number | string }
  | { shape: 'many'; word: 'list' | 'tuple' | 'set'; items: Preview[]; length: number }
  | { shape: 'entries'; word: 'dict' | 'record'; name: string; entries: Entry[]; length: number }
  | { shape: 'text'; head: string; length: number }
  | { shape: 'bytes'; head: string; length: number }
  | { shape: 'content'; content: Content }
  | { shape: 'offloaded'; size: number | undefined; length: number | undefined }
  | { shape: 'unknown' }

export type Entry = readonly [key: Preview, value: Preview]

export interface Content {
  kind: string
  name: string
  format: string
  digest: string
  uri: string
  size: number | undefined
  preview: unknown
}

type Json = Record<string, unknown>

/** Tells a preview apart. Nothing that it may hold makes it fail. */
export function shapeOf(preview: Preview): Shape {
  if (preview === null || preview === undefined) return { shape: 'scalar', value: null }
  if (typeof preview === 'boolean' || typeof preview === 'number' || typeof preview === 'string') {
    return { shape: 'scalar', value: preview }
  }
  if (!isObject(preview)) return { shape: 'unknown' }
  switch (preview['type']) {
    case 'list':
    case 'tuple':
    case 'set': {
      const items = array(preview['items'])
      const length = number(preview['length']) ?? items.length
      return { shape: 'many', word: preview['type'], items, length }
    }
    case 'dict':
    case 'record': {
      const entries = array(preview['entries']).filter(isEntry)
      const length = number(preview['length']) ?? entries.length
      const name = text(preview['name'])
      return { shape: 'entries', word: preview['type'], name, entries, length }
    }
    case 'text':
    case 'bytes':
      return {
        shape: preview['type'],
        head: text(preview['head']),
        length: number(preview['length']) ?? 0,
      }
    case 'content':
      return { shape: 'content', content: contentOf(preview) }
    case 'offloaded':
      return {
        shape: 'offloaded',
        size: number(preview['size']),
        length: number(preview['length']),
      }
    default:
      return { shape: 'unknown' }
  }
}

/** Whether a preview has the whole value. */
export function isWhole(preview: Preview): boolean {
  const shape = shapeOf(preview)
  switch (shape.shape) {
    case 'scalar':
      return true
    case 'many':
      return shape.items.length === shape.length && shape.items.every(isWhole)
    case 'entries':
      return (
        shape.entries.length === shape.length &&
        shape.entries.every(([key, value]) => isWhole(key) && isWhole(value))
      )
    case 'bytes':
      return shape.head.length === shape.length * 2
    default:
      return false
  }
}

function contentOf(preview: Json): Content {
  return {
    kind: text(preview['kind']) || 'content',
    name: text(preview['name']),
    format: text(preview['format']),
    digest: text(preview['digest']),
    uri: text(preview['uri']),
    size: number(preview['size']),
    preview: preview['preview'] ?? null,
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEntry(value: unknown): value is Entry {
  return Array.isArray(value) && value.length === 2
}

function array(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
