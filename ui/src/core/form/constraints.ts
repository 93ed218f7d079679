/** Constraints: what numbers, texts and collections keep to beside their type, in the server's words. */
import { isArray, isObject, type Json } from './json'
import { quoted } from './paths'
import type { Constraint, LiteralType } from './types'

/** Those of the parts that a step leads to: `[]`, `{}`, `[2]`, `.price`. */
export function inside(constraints: readonly Constraint[], step: string): Constraint[] {
  return constraints
    .filter(each => each.at?.[0] === step)
    .map(each => ({ ...each, at: each.at?.slice(1) ?? [] }))
}

/** Those of a value itself. */
export function ownOf(constraints: readonly Constraint[]): Constraint[] {
  return constraints.filter(each => !each.at?.length)
}

const PLACES: Readonly<Record<string, string>> = {
  '[]': String.raw`\[\d+\]`,
  '{}': String.raw`\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\]`,
}

/** Those of what stands at a place of a form; `input`: the place of the input that has them. */
export function constraintsAt(
  constraints: readonly Constraint[],
  input: string,
  path: string,
): Constraint[] {
  if (!path.startsWith(input)) return []
  const rest = path.slice(input.length)
  return constraints.filter(({ at = [] }) => {
    const places = at.map(step => PLACES[step] ?? escaped(step))
    return new RegExp(`^${places.join('')}$`).test(rest)
  })
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}

/** What a value is expected to be. */
export function told(of: Constraint): string {
  const number = range(of.ge, of.gt, of.le, of.lt)
  const length = range(of.min_length, null, of.max_length, null)
  return [
    number && `a number ${number}`,
    isSet(of.multiple_of) && `a multiple of ${of.multiple_of}`,
    length && `a length ${length}`,
    isSet(of.pattern) && `text that matches ${quoted(of.pattern)}`,
  ]
    .filter(Boolean)
    .join(' and ')
}

type Limit = number | null | undefined

function range(ge: Limit, gt: Limit, le: Limit, lt: Limit): string {
  if (isSet(ge) && isSet(le) && !isSet(gt) && !isSet(lt)) {
    return ge === le ? `of ${ge}` : `from ${ge} to ${le}`
  }
  return [
    isSet(ge) && `>= ${ge}`,
    isSet(gt) && `> ${gt}`,
    isSet(le) && `<= ${le}`,
    isSet(lt) && `< ${lt}`,
  ]
    .filter(Boolean)
    .join(' and ')
}

function isSet<T>(limit: T | null | undefined): limit is T {
  return limit !== null && limit !== undefined
}

/** Whether JSON of a type keeps to a constraint of it. What only the server can tell does. */
export function isKept(of: Constraint, kind: LiteralType, tree: Json): boolean {
  if (tree === null) return true
  if (kind.type === 'primitive') {
    if (kind.name === 'str') return typeof tree !== 'string' || isTextKept(of, tree)
    const isNumber = kind.name === 'int' || kind.name === 'float' || kind.name === 'decimal'
    return !isNumber || isNumberKept(of, tree)
  }
  if (isArray(tree)) return hasLength(of, tree.length)
  return !isObject(tree) || hasLength(of, Object.keys(tree).length)
}

function isTextKept(of: Constraint, text: string): boolean {
  // As Python counts: an emoji is one.
  return hasLength(of, Array.from(text).length) && (!isSet(of.pattern) || matches(of.pattern, text))
}

/** Patterns are Python's: one that JavaScript does not know is left to the server. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}

function hasLength({ min_length: least, max_length: most }: Constraint, length: number): boolean {
  return (!isSet(least) || length >= least) && (!isSet(most) || length <= most)
}

/** Ints are compared as they are, however large. */
function isNumberKept(of: Constraint, tree: Json): boolean {
  const number = typeof tree === 'bigint' ? tree : Number(tree)
  return (
    (!isSet(of.ge) || number >= of.ge) &&
    (!isSet(of.gt) || number > of.gt) &&
    (!isSet(of.le) || number <= of.le) &&
    (!isSet(of.lt) || number < of.lt) &&
    (!isSet(of.multiple_of) || isMultiple(String(number), String(of.multiple_of)))
  )
}

/** As people write them: 0.3 is a multiple of 0.1, though no float of these names is. */
function isMultiple(number: string, step: string): boolean {
  const digits = Math.max(digitsOf(number), digitsOf(step))
  const [whole, part] = [scaled(number, digits), scaled(step, digits)]
  return whole === null || !part || whole % part === 0n
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

function digitsOf(number: string): number {
  return DECIMAL.exec(number)?.[3]?.length ?? 0
}

/** A decimal number in units of its last digit; null: it is written in another way. */
function scaled(number: string, digits: number): bigint | null {
  const found = DECIMAL.exec(number)
  if (!found) return null
  const [, sign = '', whole = '', fraction = ''] = found
  return BigInt(sign + whole + fraction.padEnd(digits, '0'))
}

/**
 * The number above or below what is typed, as a key or a button steps to; null: there is none.
 *
 * @param by 1 or -1: so many steps
 */
export function stepped(
  text: string,
  by: 1 | -1,
  constraints: readonly Constraint[],
): string | null {
  const of = constraints.reduce<Constraint>((all, each) => ({ ...all, ...each }), {})
  const typed = text.trim()
  if (!typed) return String(of.ge ?? of.le ?? 0)
  const step = String(of.multiple_of ?? 1)
  const digits = Math.max(digitsOf(typed), digitsOf(step))
  const [from, width] = [scaled(typed, digits), scaled(step, digits)]
  if (from === null || !width) return null
  const next = within(of, unscaled(from + BigInt(by) * width, digits))
  return next !== typed && isNumberKept({ ...of, multiple_of: null }, asJson(next)) ? next : null
}

/** The number, or the limit that it is beyond. */
function within({ ge, le }: Constraint, number: string): string {
  if (isSet(ge) && asJson(number) < ge) return String(ge)
  return isSet(le) && asJson(number) > le ? String(le) : number
}

function asJson(text: string): number | bigint {
  return text.includes('.') ? Number(text) : BigInt(text)
}

function unscaled(number: bigint, digits: number): string {
  if (!digits) return String(number)
  const text = String(number < 0n ? -number : number).padStart(digits + 1, '0')
  const fraction = text.slice(-digits).replace(/0+$/, '')
  const whole = text.slice(0, -digits)
  return (number < 0n ? '-' : '') + whole + (fraction && `.${fraction}`)
}
