/** JSON to drafts: of defaults, of an earlier execution, of what was typed as JSON or YAML. */
import { readContent } from './content'
import { type Draft, NONE, pair, row, text, UNSET } from './draft'
import { isArray, isObject, type Json, type JsonObject, writeJson } from './json'
import { fromKey, labelOf, toText } from './scalars'
import {
  fieldsOf,
  isNone,
  type LiteralType,
  type PrimitiveType,
  type RecordType,
  type UnionType,
} from './types'
import { variantOf } from './variants'
import { elementOf } from './writing'

/** The draft of JSON. What is not of the type becomes a draft, too: people see it, and mend it. */
export function read(kind: LiteralType, tree: Json): Draft {
  switch (kind.type) {
    case 'custom':
      return read(kind.base, tree)
    case 'primitive':
      return ofPrimitive(kind, tree)
    case 'enum':
    case 'choice': {
      const label = labelOf(kind, tree) ?? (typeof tree === 'string' ? tree : null)
      return label === null ? code(tree) : text(label)
    }
    case 'list':
    case 'set':
    case 'tuple':
      return isArray(tree)
        ? { is: 'rows', rows: tree.map((each, index) => row(read(elementOf(kind, index), each))) }
        : code(tree)
    case 'map':
      return isObject(tree) ? ofEntries(kind.key, kind.value, tree) : code(tree)
    case 'record':
      return isObject(tree) ? ofFields(kind, tree) : code(tree)
    case 'union':
      return ofUnion(kind, tree)
    case 'content':
    case 'frame': {
      const content = readContent(tree)
      if (content) return { is: 'content', content }
      return typeof tree === 'string' ? text(tree) : code(tree)
    }
    default:
      return code(tree)
  }
}

function code(tree: Json): Draft {
  return { is: 'code', code: writeJson(tree, 2) }
}

function ofPrimitive(kind: PrimitiveType, tree: Json): Draft {
  if (kind.name === 'none') return tree === null ? NONE : code(tree)
  if (kind.name === 'bool') return typeof tree === 'boolean' ? { is: 'flag', on: tree } : code(tree)
  const written = toText(kind.name, tree)
  return written === null ? code(tree) : text(written)
}

function ofEntries(key: LiteralType, value: LiteralType, tree: JsonObject): Draft {
  const pairs = Object.entries(tree).map(([name, each]) =>
    pair(read(key, fromKey(key, name)), read(value, each)),
  )
  return { is: 'pairs', pairs }
}

/** A record with fields that it does not have stays JSON: nothing is dropped in silence. */
function ofFields(kind: RecordType, tree: JsonObject): Draft {
  const fields = fieldsOf(kind)
  const names = new Set(fields.map(each => each.name))
  if (Object.keys(tree).some(each => !names.has(each))) return code(tree)
  const drafts = fields.map(each => [
    each.name,
    Object.hasOwn(tree, each.name) ? read(each.type, tree[each.name] ?? null) : UNSET,
  ])
  return { is: 'fields', fields: Object.fromEntries(drafts) as Record<string, Draft> }
}

function ofUnion(kind: UnionType, tree: Json): Draft {
  const others = kind.variants.filter(each => !isNone(each))
  let index = variantOf(kind, tree)
  // Where only one variant can be meant, what is wrong is wrong inside of it.
  if (index < 0 && others[0] && others.length === 1) index = kind.variants.indexOf(others[0])
  const chosen = kind.variants[index]
  return chosen ? { is: 'variant', index, draft: read(chosen, tree) } : code(tree)
}
