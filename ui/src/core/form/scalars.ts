/** Scalars: their text in a field, their JSON, and whether it says a value; as the server reads it. */
import { readDuration } from './durations'
import { type Json, NotJson, readJson, writeJson } from './json'
import { isDate, isDatetime, isTime } from './moments'
import type { ChoiceType, EnumType, LiteralType, PrimitiveName, Scalar } from './types'
import { bare, choiceText } from './types'

const INT = /^[+-]?\d+$/
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const DECIMAL = /^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|inf(inity)?|s?nan\d*)$/i
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const REAL = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan`
const COMPLEX = new RegExp(
  `^\\(?(?:[+-]?(?:${REAL})|[+-]?(?:${REAL})?j|[+-]?(?:${REAL})[+-](?:${REAL})?j)\\)?$`,
  'i',
)
const WORDS: Readonly<Record<string, string>> = {
  nan: 'NaN',
  inf: 'Infinity',
  '+inf': 'Infinity',
  '-inf': '-Infinity',
  infinity: 'Infinity',
  '+infinity': 'Infinity',
  '-infinity': '-Infinity',
}
const SPECIAL = new Set(['NaN', 'Infinity', '-Infinity'])

/** The JSON that the text of a field means. What makes no sense stays text, and is found out later. */
export function fromText(name: PrimitiveName, text: string): Json {
  switch (name) {
    case 'int':
      return INT.test(text.trim()) ? BigInt(text.trim().replace(/^\+/, '')) : text
    case 'float':
      return floatOf(text.trim()) ?? text
    default:
      return text
  }
}

/** The text of a field for JSON; null: it is no text of such a field. */
export function toText(name: PrimitiveName, tree: Json): string | null {
  // A text that would become a number is none here: JSON tells them apart.
  if (typeof tree === 'string') return fromText(name, tree) === tree ? tree : null
  if (typeof tree === 'bigint' && ['int', 'float', 'decimal'].includes(name)) return String(tree)
  if (typeof tree === 'number' && name === 'float') return floatText(tree)
  return null
}

/** Whether JSON says a value of a primitive type. */
export function isScalar(name: PrimitiveName, tree: Json): boolean {
  switch (name) {
    case 'none':
      return tree === null
    case 'bool':
      return typeof tree === 'boolean'
    case 'int':
      return typeof tree === 'bigint'
    case 'float':
      return (
        typeof tree === 'bigint' ||
        typeof tree === 'number' ||
        (typeof tree === 'string' && SPECIAL.has(tree))
      )
    case 'decimal':
      return typeof tree === 'bigint' || (typeof tree === 'string' && isTextOf(name, tree))
    default:
      return typeof tree === 'string' && isTextOf(name, tree)
  }
}

function isTextOf(name: PrimitiveName, text: string): boolean {
  switch (name) {
    case 'bytes':
      return BASE64.test(text)
    case 'datetime':
      return isDatetime(text)
    case 'date':
      return isDate(text)
    case 'time':
      return isTime(text)
    case 'duration':
      return readDuration(text) !== null
    case 'decimal':
      return DECIMAL.test(text.trim().replaceAll('_', ''))
    case 'complex':
      return COMPLEX.test(text.trim())
    case 'uuid':
      return /^[0-9a-f]{32}$/i.test(text.replace(/^urn:uuid:/i, '').replace(/[{}-]/g, ''))
    default:
      return true
  }
}

/** An int beyond what a float can hold stays one: the server keeps it, too. */
function floatOf(text: string): Json | null {
  if (INT.test(text) && !Number.isSafeInteger(Number(text))) return BigInt(text.replace(/^\+/, ''))
  if (FLOAT.test(text)) {
    const found = Number(text)
    return Number.isFinite(found) ? found : null
  }
  return WORDS[text.toLowerCase()] ?? null
}

/** A whole float as it is typed: `3`, and not `3.0`. */
function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

// -- enums and choices -------------------------------------------------------------------------

/** What people choose from: the word on the screen, and the JSON that it means. */
export interface Option {
  readonly label: string
  readonly tree: Json
}

export function optionsOf(kind: EnumType | ChoiceType): Option[] {
  if (kind.type === 'enum') return kind.members.map(each => ({ label: each.name, tree: each.name }))
  return kind.values.map(each => ({ label: choiceText(each), tree: scalarJson(each) }))
}

/** The label for JSON: of an enum its member's value counts as well; null: it is none of them. */
export function labelOf(kind: EnumType | ChoiceType, tree: Json): string | null {
  const option = optionsOf(kind).find(each => each.tree === tree)
  if (option || kind.type === 'choice') return option?.label ?? null
  const member = kind.members.find(
    each => (each.value ?? null) !== null && scalarJson(each.value ?? null) === tree,
  )
  return member?.name ?? null
}

/** A scalar of a type, whose numbers JavaScript has read. */
function scalarJson(value: Scalar): Json {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}

// -- keys --------------------------------------------------------------------------------------

/** The JSON that the text of a dict's key means. */
export function fromKey(kind: LiteralType, text: string): Json {
  const key = bare(kind)
  switch (key.type) {
    case 'primitive':
      return key.name === 'bool' || key.name === 'none' ? word(text) : fromText(key.name, text)
    case 'enum':
    case 'choice': {
      const option = optionsOf(key).find(each => each.label === text)
      return option ? option.tree : text
    }
    default:
      return word(text)
  }
}

/** The text of a key for JSON. */
export function toKey(tree: Json): string {
  return typeof tree === 'string' ? tree : writeJson(tree)
}

function word(text: string): Json {
  try {
    return readJson(text)
  } catch (error) {
    if (error instanceof NotJson) return text
    throw error
  }
}
