/** Literal types, as interfaces have them in JSON, and what can be said of them. */

export type PrimitiveName =
  | 'none'
  | 'bool'
  | 'int'
  | 'float'
  | 'str'
  | 'bytes'
  | 'datetime'
  | 'date'
  | 'time'
  | 'duration'
  | 'decimal'
  | 'complex'
  | 'uuid'
  | 'path'
export type Scalar = null | boolean | number | string

export interface PrimitiveType {
  readonly type: 'primitive'
  readonly name: PrimitiveName
}
export interface EnumType {
  readonly type: 'enum'
  readonly name: string
  readonly members: readonly { readonly name: string; readonly value?: Scalar }[]
}
export interface ChoiceType {
  readonly type: 'choice'
  readonly values: readonly Scalar[]
}
export interface ListType {
  readonly type: 'list'
  readonly element: LiteralType
}
export interface SetType {
  readonly type: 'set'
  readonly element: LiteralType
}
export interface TupleType {
  readonly type: 'tuple'
  readonly elements: readonly LiteralType[]
}
export interface MapType {
  readonly type: 'map'
  readonly key: LiteralType
  readonly value: LiteralType
}
export interface JsonType {
  readonly type: 'json'
  readonly shape?: 'any' | 'list' | 'dict'
}
export interface UnionType {
  readonly type: 'union'
  readonly variants: readonly LiteralType[]
}
export interface Field {
  readonly name: string
  readonly type: LiteralType
  readonly required?: boolean
}
export interface RecordType {
  readonly type: 'record'
  readonly name: string
  readonly fields: readonly Field[]
  readonly definitions?: readonly RecordType[]
}
export interface ContentType {
  readonly type: 'content'
  readonly kind: string
  readonly format?: string
}
export interface FrameType {
  readonly type: 'frame'
  readonly columns?: readonly Field[]
  readonly format?: string
}
export interface CustomType {
  readonly type: 'custom'
  readonly name: string
  readonly base: LiteralType
}
export interface RecursiveType {
  readonly type: 'recursive'
  readonly name: string
}

export type LiteralType =
  | PrimitiveType
  | EnumType
  | ChoiceType
  | ListType
  | SetType
  | TupleType
  | MapType
  | JsonType
  | UnionType
  | RecordType
  | ContentType
  | FrameType
  | CustomType
  | RecursiveType

/** What values keep to beside their type. `at`: the way to them from the value of the input. */
export interface Constraint {
  readonly at?: readonly string[]
  readonly ge?: number | null
  readonly gt?: number | null
  readonly le?: number | null
  readonly lt?: number | null
  readonly multiple_of?: number | null
  readonly min_length?: number | null
  readonly max_length?: number | null
  readonly pattern?: string | null
}

/** An input of an entity. `default`: packed; what it says stands in the entity's `defaults`. */
export interface Input {
  readonly name: string
  readonly type: LiteralType
  readonly default?: string | null
  readonly description?: string
  readonly constraints?: readonly Constraint[]
}

export function isNone(kind: LiteralType): boolean {
  return kind.type === 'primitive' && kind.name === 'none'
}

export function isOptional(kind: LiteralType): boolean {
  return isNone(kind) || (kind.type === 'union' && kind.variants.some(isNone))
}

/** Whether an input has to be given: no default, and None is no value of it. */
export function isRequired(input: Input): boolean {
  return (input.default ?? null) === null && !isOptional(input.type)
}

/** Fields that people neither give nor are shown are their codec's own, by their name. */
export function isHidden(field: string): boolean {
  return field.startsWith('__')
}

/** The fields of a record that people give, with records in place of the names that stand for them. */
export function fieldsOf(record: RecordType): readonly Field[] {
  const group = [{ ...record, definitions: [] }, ...(record.definitions ?? [])]
  const records = new Map(
    group.map(each => [
      each.name,
      { ...each, definitions: group.filter(other => other.name !== each.name) },
    ]),
  )
  return record.fields
    .filter(each => !isHidden(each.name))
    .map(each => ({ ...each, type: resolved(each.type, records) }))
}

/** A type that stands inside records. A record inside it needs nothing from outside. */
function resolved(kind: LiteralType, records: ReadonlyMap<string, RecordType>): LiteralType {
  switch (kind.type) {
    case 'recursive':
      return records.get(kind.name) ?? { type: 'json', shape: 'any' }
    case 'list':
    case 'set':
      return { ...kind, element: resolved(kind.element, records) }
    case 'tuple':
      return { ...kind, elements: kind.elements.map(each => resolved(each, records)) }
    case 'map':
      return { ...kind, value: resolved(kind.value, records) }
    case 'union':
      return { ...kind, variants: kind.variants.map(each => resolved(each, records)) }
    case 'custom':
      return { ...kind, base: resolved(kind.base, records) }
    default:
      return kind
  }
}

/** What a custom type travels as; other types are what they are. */
export function bare(kind: LiteralType): LiteralType {
  return kind.type === 'custom' ? bare(kind.base) : kind
}

// -- in words ----------------------------------------------------------------------------------

const PYTHON_NAMES: Partial<Record<PrimitiveName, string>> = {
  none: 'None',
  duration: 'timedelta',
  decimal: 'Decimal',
  uuid: 'UUID',
  path: 'Path',
}
const WORDS: Partial<Record<PrimitiveName, string>> = {
  bytes: 'bytes as base64',
  datetime: 'a datetime (2024-05-01T09:00+02:00, now or today)',
  date: 'a date (2024-05-01 or today)',
  time: 'a time (09:30:00)',
  duration: 'a duration (1h30m, 90s, 5 minutes or PT1H30M)',
  decimal: 'a decimal number (1.10)',
  complex: 'a complex number (1+2j)',
  uuid: 'a UUID (1b4e28ba-2fa1-11d2-883f-0016d3cca427)',
  path: 'a path',
}
const CONTENT_WORDS: Readonly<Record<string, string>> = { file: 'File', directory: 'Directory' }

/** A type as people write it: `list[float]`, `int | None`, the name of a record. */
export function show(kind: LiteralType): string {
  switch (kind.type) {
    case 'primitive':
      return PYTHON_NAMES[kind.name] ?? kind.name
    case 'enum':
    case 'record':
    case 'custom':
    case 'recursive':
      return kind.name.slice(kind.name.lastIndexOf('.') + 1)
    case 'choice':
      return `Literal[${kind.values.map(scalarText).join(', ')}]`
    case 'json':
      return !kind.shape || kind.shape === 'any' ? 'JSON' : kind.shape
    case 'union':
      return kind.variants.map(show).join(' | ')
    case 'content': {
      const word = CONTENT_WORDS[kind.kind] ?? kind.kind
      return kind.format ? `${word}['${kind.format}']` : word
    }
    case 'frame':
      return showFrame(kind)
    case 'list':
    case 'set':
      return `${kind.type}[${show(kind.element)}]`
    case 'tuple':
      return `tuple[${kind.elements.map(show).join(', ') || '()'}]`
    case 'map':
      return `dict[${show(kind.key)}, ${show(kind.value)}]`
  }
}

function showFrame(kind: FrameType): string {
  const parts = (kind.columns ?? []).map(each => `${each.name}: ${show(each.type)}`)
  if (kind.format) parts.push(`'${kind.format}'`)
  return parts.length ? `frame[${parts.join(', ')}]` : 'frame'
}

/** What a person may write for a value of this type. */
export function describe(kind: LiteralType): string {
  switch (kind.type) {
    case 'primitive':
      return WORDS[kind.name] ?? show(kind)
    case 'enum':
      return `one of ${kind.members.map(each => each.name).join(', ')}`
    case 'choice':
      return `one of ${kind.values.map(choiceText).join(', ')}`
    case 'content':
      return isNamable(kind) ? `a ${kind.kind} (${show(kind)})` : show(kind)
    case 'frame':
      return `a table (${show(kind)})`
    default:
      return show(kind)
  }
}

/** Whether content can be given by hand: other kinds only their own library can write. */
export function isNamable(kind: LiteralType): boolean {
  return (
    kind.type === 'frame' ||
    (kind.type === 'content' && (kind.kind === 'file' || kind.kind === 'directory'))
  )
}

/** A scalar as Python writes it. */
function scalarText(value: Scalar): string {
  return typeof value === 'string' ? `'${value}'` : choiceText(value)
}

/** A scalar as Python's `str` has it: what people choose from. */
export function choiceText(value: Scalar): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}
