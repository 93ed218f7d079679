/** A form of typed inputs: what was there before it, what is given in it, and what is wrong with it. */
import { check } from './checking'
import { blank, type Draft } from './draft'
import { isArray, isObject, isSame, type Json, type JsonObject, objectOf } from './json'
import { fieldPath, ROOT } from './paths'
import type { FormProblem } from './problems'
import { read } from './reading'
import { type Constraint, type Input, isRequired, type LiteralType } from './types'
import { write } from './writing'

/** What counts for an input as long as nothing else is given. */
export interface Base {
  readonly from: 'default' | 'earlier'
  /** As JSON or, where the value is kept elsewhere or only a program can write it, a preview. */
  readonly tree: Json
  /** Null: the value can be passed on as it is, and not be edited. */
  readonly draft: Draft | null
}

export interface FormInput {
  readonly name: string
  readonly type: LiteralType
  readonly description: string
  readonly constraints: readonly Constraint[]
  readonly base: Base | null
}

export type Form = readonly FormInput[]

/** What is given in the form, by input. An input that is not here is as its base says. */
export type Given = Readonly<Record<string, Draft>>

/**
 * The form of an interface.
 *
 * @param defaults of inputs that have one, as JSON by their types
 * @param earlier inputs of an execution that is to be started again, which win
 */
export function formOf(
  inputs: readonly Input[],
  defaults: JsonObject = {},
  earlier: JsonObject | null = null,
): Form {
  return inputs.map(input => ({
    name: input.name,
    type: input.type,
    description: input.description ?? '',
    constraints: input.constraints ?? [],
    base: baseOf(input, defaults, earlier),
  }))
}

function baseOf(input: Input, defaults: JsonObject, earlier: JsonObject | null): Base | null {
  const was = at(earlier ?? {}, input.name)
  if (was !== undefined) return base('earlier', input.type, was)
  if (isRequired(input)) return null
  return base('default', input.type, at(defaults, input.name) ?? null)
}

function base(from: Base['from'], kind: LiteralType, tree: Json): Base {
  const draft = read(kind, tree)
  const again = write(kind, draft)
  const isWhole = again !== undefined && check(kind, again).length === 0
  return { from, tree, draft: isWhole ? draft : null }
}

/** What a form begins with: a blank for each input that has to be given. */
export function begin(form: Form): Given {
  return Object.fromEntries(
    form.filter(each => !each.base).map(each => [each.name, blank(each.type)]),
  )
}

/** What stands in the field of an input; null: a value that cannot be shown as a field. */
export function draftOf(input: FormInput, given: Given): Draft | null {
  return given[input.name] ?? (input.base ? input.base.draft : blank(input.type))
}

/** Give an input; undefined: it is as its base says again. */
export function give(form: Form, given: Given, name: string, draft: Draft | undefined): Given {
  const input = form.find(each => each.name === name)
  const others = Object.fromEntries(Object.entries(given).filter(([each]) => each !== name))
  if (draft) return { ...others, [name]: draft }
  return input && !input.base ? { ...others, [name]: blank(input.type) } : others
}

/** The inputs that are given, as JSON by their types. */
export function treeOf(form: Form, given: Given): JsonObject {
  const entries = form.flatMap(({ name, type }): [string, Json][] => {
    const draft = given[name]
    const tree = draft && write(type, draft)
    return tree === undefined ? [] : [[name, tree]]
  })
  return objectOf(entries)
}

/** Inputs that stay as they were in the earlier execution. */
export function keptOf(form: Form, given: Given): string[] {
  return form
    .filter(each => each.base?.from === 'earlier' && !(each.name in given))
    .map(each => each.name)
}

/** What is wrong with what is given. */
export function problemsIn(form: Form, given: Given): FormProblem[] {
  return form.flatMap(input => {
    const draft = given[input.name]
    const path = fieldPath(ROOT, input.name)
    if (!draft) return input.base ? [] : [{ path, message: 'it is missing' }]
    const problems: FormProblem[] = []
    const tree = write(input.type, draft, path, problem => problems.push(problem))
    if (tree === undefined) problems.push({ path, message: 'it is missing' })
    else problems.push(...check(input.type, tree, path, input.constraints))
    return first(problems)
  })
}

/** One problem for each place: what was found first says it best. */
function first(problems: readonly FormProblem[]): FormProblem[] {
  return [...new Map(problems.toReversed().map(each => [each.path, each])).values()].toReversed()
}

// -- the same state as a tree -------------------------------------------------------------------

/** All that will count and can be shown, for the view as JSON or YAML. */
export function wholeTree(form: Form, given: Given): JsonObject {
  const entries = form.flatMap((input): [string, Json][] => {
    const draft = draftOf(input, given)
    const tree = draft ? write(input.type, draft) : undefined
    return tree === undefined ? [] : [[input.name, tree]]
  })
  return objectOf(entries)
}

/**
 * What a tree gives: inputs that are as their base says are not given.
 *
 * @returns problems with the tree as a whole; those inside of inputs are found by `problemsIn`
 */
export function givenOf(form: Form, tree: Json): { given: Given; problems: FormProblem[] } {
  if (!isObject(tree) || isArray(tree)) {
    const message = 'expected an object of inputs, such as {"name": value}'
    return { given: begin(form), problems: [{ path: ROOT, message }] }
  }
  const names = new Set(form.map(each => each.name))
  const problems = Object.keys(tree)
    .filter(each => !names.has(each))
    .map(each => ({ path: ROOT, message: `there is no input '${each}'` }))
  const entries = form.flatMap((input): [string, Draft][] => {
    const found = at(tree, input.name)
    if (found === undefined) return input.base ? [] : [[input.name, blank(input.type)]]
    const draft = read(input.type, found)
    return isBase(input, draft) ? [] : [[input.name, draft]]
  })
  return { given: objectOf(entries), problems }
}

function isBase(input: FormInput, draft: Draft): boolean {
  const was = input.base?.draft
  return !!was && isSame(write(input.type, was), write(input.type, draft))
}

function at(tree: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(tree, name) ? tree[name] : undefined
}
