/**
 * Drafts: what stands in the fields of a form, valid or not, exactly as it was typed.
 *
 * A draft and its type say together what a field shows. `writing` makes JSON of a draft, `reading`
 * a draft of JSON, and nothing is lost on the way there and back.
 */
import type { Content } from './content'
import { fieldsOf, isNone, type LiteralType } from './types'

/** An element or an entry. `id` stays with it when others come, go and move. */
export interface Row {
  readonly id: number
  readonly draft: Draft
}
export interface Pair extends Row {
  readonly key: Draft
}

export type Draft =
  /** Nothing is given: a default counts, or it is missing. */
  | { readonly is: 'unset' }
  | { readonly is: 'none' }
  | { readonly is: 'flag'; readonly on: boolean }
  /** Scalars, enums and choices. */
  | { readonly is: 'text'; readonly text: string }
  /** Lists, sets and tuples. */
  | { readonly is: 'rows'; readonly rows: readonly Row[] }
  /** Dicts. */
  | { readonly is: 'pairs'; readonly pairs: readonly Pair[] }
  /** Records. */
  | { readonly is: 'fields'; readonly fields: Readonly<Record<string, Draft>> }
  /** Unions: which variant, and what stands in it. */
  | { readonly is: 'variant'; readonly index: number; readonly draft: Draft }
  /** Files, folders and tables: uploaded, or known from an earlier execution. */
  | { readonly is: 'content'; readonly content: Content }
  /** JSON as text: for what has no structure, and for what does not fit its type. */
  | { readonly is: 'code'; readonly code: string }

export const UNSET: Draft = { is: 'unset' }
export const NONE: Draft = { is: 'none' }

/** Drafts outlive the page (a form keeps them): rows that are made later have later numbers. */
let newest = Date.now()

export function row(draft: Draft): Row {
  newest += 1
  return { id: newest, draft }
}

export function pair(key: Draft, draft: Draft): Pair {
  return { ...row(draft), key }
}

export function text(written: string): Draft {
  return { is: 'text', text: written }
}

/** What a field begins with when something has to be given: no value that nobody has chosen. */
export function blank(kind: LiteralType): Draft {
  switch (kind.type) {
    case 'custom':
      return blank(kind.base)
    case 'list':
    case 'set':
      return { is: 'rows', rows: [] }
    case 'tuple':
      return { is: 'rows', rows: kind.elements.map(each => row(blank(each))) }
    case 'map':
      return { is: 'pairs', pairs: [] }
    case 'record':
      return {
        is: 'fields',
        fields: Object.fromEntries(
          fieldsOf(kind).map(each => [
            each.name,
            each.required === false ? UNSET : blank(each.type),
          ]),
        ),
      }
    case 'union': {
      const none = kind.variants.findIndex(isNone)
      return none < 0 ? blankVariant(kind.variants, 0) : { is: 'variant', index: none, draft: NONE }
    }
    case 'json':
      return { is: 'code', code: kind.shape === 'list' ? '[]' : kind.shape === 'dict' ? '{}' : '' }
    default:
      return isNone(kind) ? NONE : UNSET
  }
}

/** A variant that was chosen, with nothing in it yet. */
export function blankVariant(variants: readonly LiteralType[], index: number): Draft {
  const chosen = variants[index]
  return chosen ? { is: 'variant', index, draft: blank(chosen) } : UNSET
}
