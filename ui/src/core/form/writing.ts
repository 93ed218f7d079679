/** Drafts to JSON: what is sent, and what the form shows as JSON and YAML. */
import { contentJson } from './content'
import type { Draft, Pair } from './draft'
import { type Json, NotJson, objectOf, readJson } from './json'
import { entryPath, fieldPath, itemPath } from './paths'
import type { FormProblem } from './problems'
import { fromText, optionsOf, toKey } from './scalars'
import { fieldsOf, type LiteralType, type MapType, type RecordType } from './types'

/** What drafts can be and JSON cannot: told as it is written. */
export type Report = (problem: FormProblem) => void

const NOBODY: Report = () => undefined

/**
 * The JSON of a draft; undefined: nothing is given.
 *
 * It need be no value of the type: see `checking`. What is left out inside of a value is null.
 */
export function write(
  kind: LiteralType,
  draft: Draft,
  path = '$',
  report: Report = NOBODY,
): Json | undefined {
  if (kind.type === 'custom') return write(kind.base, draft, path, report)
  switch (draft.is) {
    case 'unset':
      return undefined
    case 'none':
      return null
    case 'flag':
      return draft.on
    case 'text':
      return ofText(kind, draft.text)
    case 'code':
      return ofCode(draft.code, path, report)
    case 'content':
      return contentJson(draft.content)
    case 'rows':
      return draft.rows.map((each, index) =>
        part(elementOf(kind, index), each.draft, itemPath(path, index), report),
      )
    case 'pairs':
      return kind.type === 'map' ? ofPairs(kind, draft.pairs, path, report) : null
    case 'fields':
      return kind.type === 'record' ? ofFields(kind, draft.fields, path, report) : null
    case 'variant': {
      const chosen = kind.type === 'union' ? kind.variants[draft.index] : undefined
      return chosen ? write(chosen, draft.draft, path, report) : undefined
    }
  }
}

/** The type of an element of a list, a set or a tuple. */
export function elementOf(kind: LiteralType, index: number): LiteralType {
  if (kind.type === 'list' || kind.type === 'set') return kind.element
  const found = kind.type === 'tuple' ? kind.elements[index] : undefined
  return found ?? { type: 'json' }
}

function part(kind: LiteralType, draft: Draft, path: string, report: Report): Json {
  const tree = write(kind, draft, path, report)
  if (tree === undefined) report({ path, message: 'it is missing' })
  return tree ?? null
}

function ofText(kind: LiteralType, text: string): Json {
  if (kind.type === 'primitive') return fromText(kind.name, text)
  if (kind.type !== 'enum' && kind.type !== 'choice') return text
  const option = optionsOf(kind).find(each => each.label === text)
  return option ? option.tree : text
}

function ofCode(code: string, path: string, report: Report): Json | undefined {
  if (!code.trim()) return undefined
  try {
    return readJson(code)
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    report({ path, message: `this is no JSON: ${error.message}` })
    return code
  }
}

function ofPairs(kind: MapType, pairs: readonly Pair[], path: string, report: Report): Json {
  const entries = new Map<string, Json>()
  for (const each of pairs) {
    const key = write(kind.key, each.key)
    const text = toKey(key ?? '')
    const place = entryPath(path, text)
    if (key === undefined) report({ path: place, message: 'its key is missing' })
    else if (entries.has(text)) report({ path: place, message: 'another entry has this key' })
    entries.set(text, part(kind.value, each.draft, place, report))
  }
  return objectOf(entries)
}

function ofFields(
  kind: RecordType,
  fields: Readonly<Record<string, Draft>>,
  path: string,
  report: Report,
): Json {
  const entries: [string, Json][] = []
  for (const each of fieldsOf(kind)) {
    const draft = fields[each.name]
    const tree = draft && write(each.type, draft, fieldPath(path, each.name), report)
    if (tree !== undefined) entries.push([each.name, tree])
  }
  return objectOf(entries)
}
