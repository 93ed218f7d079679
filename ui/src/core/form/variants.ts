/** Which variant of a union JSON is read as. */
import { isTaken } from './checking'
import type { Json } from './json'
import { bare, isNone, type LiteralType, type UnionType } from './types'

/**
 * The position of the variant that the server reads JSON as: the first that takes it, those that
 * would take what is meant for others at the end; -1: none does.
 */
export function variantOf(union: UnionType, tree: Json): number {
  const none = union.variants.findIndex(isNone)
  if (tree === null && none >= 0) return none
  const ranked = union.variants
    .map((kind, index) => ({ kind, index, greed: greed(kind) }))
    .filter(each => !isNone(each.kind))
    .sort((one, other) => one.greed - other.greed || one.index - other.index)
  return ranked.find(each => isTaken(each.kind, tree))?.index ?? -1
}

/** Floats and decimals take ints, text takes times and enums, much text passes for base64, and
 * everything for JSON. */
function greed(kind: LiteralType): number {
  const plain = bare(kind)
  if (kind.type === 'custom') return 0
  if (plain.type === 'json') return 4
  if (plain.type !== 'primitive') return 0
  const greedy: Partial<Record<string, number>> = {
    float: 1,
    decimal: 1,
    str: 2,
    path: 2,
    bytes: 3,
  }
  return greedy[plain.name] ?? 0
}
