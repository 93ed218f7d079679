/**
 * JSON against a type, by the rules of the server and in its words, so that most of what is wrong
 * is said before anything is sent. The server has the last word.
 */
import { inside, isKept, ownOf, told } from './constraints'
import { KIND, readContent } from './content'
import { isArray, isObject, type Json, type JsonObject, writeJson } from './json'
import { entryPath, fieldPath, itemPath } from './paths'
import type { FormProblem } from './problems'
import { fromKey, isScalar, labelOf } from './scalars'
import {
  bare,
  type Constraint,
  describe,
  fieldsOf,
  isNamable,
  isNone,
  type ListType,
  type LiteralType,
  type MapType,
  type RecordType,
  type SetType,
  show,
  type TupleType,
  type UnionType,
} from './types'

const SHOWN = 40

/**
 * What is wrong with JSON that is to be a value of a type; nothing: it is one.
 *
 * @param constraints of the value and of its parts
 */
export function check(
  kind: LiteralType,
  tree: Json,
  path = '$',
  constraints: readonly Constraint[] = [],
): FormProblem[] {
  const wrong = checkType(kind, tree, path, constraints)
  if (wrong.length) return wrong
  return ownOf(constraints)
    .filter(each => !isKept(each, bare(kind), tree))
    .map(each => ({ path, message: `expected ${told(each)}, got ${shown(tree)}` }))
}

/** Whether JSON is a value of a type. */
export function isTaken(kind: LiteralType, tree: Json): boolean {
  return check(kind, tree).length === 0
}

function checkType(
  kind: LiteralType,
  tree: Json,
  path: string,
  constraints: readonly Constraint[],
): FormProblem[] {
  switch (kind.type) {
    case 'custom':
      return check(kind.base, tree, path)
    case 'primitive':
      return isScalar(kind.name, tree) ? [] : [mismatch(kind, tree, path)]
    case 'enum':
    case 'choice':
      return labelOf(kind, tree) === null ? [mismatch(kind, tree, path)] : []
    case 'json':
      return hasShape(kind.shape ?? 'any', tree) ? [] : [mismatch(kind, tree, path)]
    case 'union':
      return checkUnion(kind, tree, path, constraints)
    case 'content':
    case 'frame':
      return checkContent(kind, tree, path)
    case 'recursive':
      return []
    case 'record':
      return isObject(tree)
        ? checkFields(kind, tree, path, constraints)
        : [mismatch(kind, tree, path)]
    case 'map':
      return isObject(tree)
        ? checkEntries(kind, tree, path, inside(constraints, '{}'))
        : [mismatch(kind, tree, path)]
    default:
      return isArray(tree)
        ? checkElements(kind, tree, path, constraints)
        : [mismatch(kind, tree, path)]
  }
}

function checkEntries(
  kind: MapType,
  tree: JsonObject,
  path: string,
  constraints: readonly Constraint[],
): FormProblem[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const place = entryPath(path, key)
    return [
      ...check(kind.key, fromKey(kind.key, key), place),
      ...check(kind.value, value, place, constraints),
    ]
  })
}

function checkElements(
  kind: ListType | SetType | TupleType,
  tree: readonly Json[],
  path: string,
  constraints: readonly Constraint[],
): FormProblem[] {
  if (kind.type !== 'tuple') {
    const each = inside(constraints, '[]')
    return tree.flatMap((part, index) => check(kind.element, part, itemPath(path, index), each))
  }
  if (tree.length !== kind.elements.length) return [mismatch(kind, tree, path)]
  return kind.elements.flatMap((part, index) =>
    check(part, tree[index] ?? null, itemPath(path, index), inside(constraints, `[${index}]`)),
  )
}

function checkFields(
  kind: RecordType,
  tree: JsonObject,
  path: string,
  constraints: readonly Constraint[],
): FormProblem[] {
  const fields = fieldsOf(kind)
  const known = new Set(fields.map(each => each.name))
  const unknown = Object.keys(tree)
    .filter(each => !known.has(each))
    .map(each => ({ path, message: `${show(kind)} has no field '${each}'` }))
  const wrong = fields.flatMap(({ name, type, required }) => {
    const place = fieldPath(path, name)
    if (Object.hasOwn(tree, name)) {
      return check(type, tree[name] ?? null, place, inside(constraints, `.${name}`))
    }
    return required === false ? [] : [{ path: place, message: 'it is missing' }]
  })
  return [...unknown, ...wrong]
}

/** With one variant that can be meant, what is wrong is told of that one. */
function checkUnion(
  kind: UnionType,
  tree: Json,
  path: string,
  constraints: readonly Constraint[],
): FormProblem[] {
  if (tree === null && kind.variants.some(isNone)) return []
  const [only, ...others] = kind.variants.filter(each => !isNone(each))
  if (only && !others.length) return check(only, tree, path, constraints)
  return kind.variants.some(each => isTaken(each, tree)) ? [] : [mismatch(kind, tree, path)]
}

function checkContent(
  kind: Extract<LiteralType, { type: 'content' | 'frame' }>,
  tree: Json,
  path: string,
): FormProblem[] {
  if (!isNamable(kind)) {
    const message = `${show(kind)} cannot be given by hand`
    return [{ path, message, hint: 'start from an execution that has it, or from Python' }]
  }
  if (typeof tree === 'string') {
    if (/^[a-z][a-z0-9+.-]*:\/\/./i.test(tree) && !/^file:/i.test(tree)) return []
    const message = `expected a URI that the server can read, got ${shown(tree)}`
    return [{ path, message, hint: 'such as s3://bucket/name, or drop a file here' }]
  }
  if (isObject(tree) && KIND in tree && readContent(tree)) return []
  return [mismatch(kind, tree, path)]
}

function hasShape(shape: 'any' | 'list' | 'dict', tree: Json): boolean {
  return shape === 'any' || (shape === 'list' ? isArray(tree) : isObject(tree))
}

function mismatch(kind: LiteralType, tree: Json, path: string): FormProblem {
  if (tree === '') return { path, message: `expected ${describe(kind)}` }
  return { path, message: `expected ${describe(kind)}, got ${shown(tree)}` }
}

function shown(tree: Json): string {
  const text = typeof tree === 'string' ? `'${tree}'` : writeJson(tree)
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text
}
