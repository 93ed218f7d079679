/**
 * JSON that loses nothing: an int is a bigint, a number with a point or an exponent is a number.
 *
 * JavaScript's own parser rounds ints beyond 53 bits and cannot tell 3 from 3.0. Python can.
 */

export type Json = null | boolean | bigint | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [name: string]: Json }

/** A text is no JSON. `at`: the position in it from which on it makes no sense. */
export class NotJson extends Error {
  override name = 'NotJson'
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

const DEPTH = 500

export function readJson(text: string): Json {
  return new Reader(text).whole()
}

export function writeJson(tree: Json, indent = 0): string {
  return written(tree, indent, '')
}

export function isObject(tree: Json | undefined): tree is JsonObject {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree)
}

export function isArray(tree: Json | undefined): tree is readonly Json[] {
  return Array.isArray(tree)
}

/** What JavaScript's own parser has made of JSON. Whole numbers count as ints. */
export function fromPlain(tree: unknown): Json {
  if (tree === null || typeof tree === 'boolean' || typeof tree === 'string') return tree
  if (typeof tree === 'bigint') return tree
  if (typeof tree === 'number') return Number.isInteger(tree) ? BigInt(tree) : tree
  if (Array.isArray(tree)) return tree.map(fromPlain)
  if (typeof tree === 'object') {
    return objectOf(Object.entries(tree).map(([name, each]) => [name, fromPlain(each)]))
  }
  return null
}

/** An object with these entries, `__proto__` among them if need be. */
export function objectOf<T>(entries: Iterable<readonly [string, T]>): { [name: string]: T } {
  return Object.fromEntries<T>(entries)
}

/** Whether two trees are the same JSON, whatever the order of entries. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (isArray(one) && isArray(other)) {
    return one.length === other.length && one.every((each, index) => isSame(each, other[index]))
  }
  if (isObject(one) && isObject(other)) {
    const names = Object.keys(one)
    return (
      names.length === Object.keys(other).length &&
      names.every(name => Object.hasOwn(other, name) && isSame(one[name], other[name]))
    )
  }
  return Object.is(one, other)
}

// -- writing ---------------------------------------------------------------------------------

function written(tree: Json, indent: number, margin: string): string {
  if (typeof tree === 'bigint') return tree.toString()
  if (typeof tree === 'number') return numberText(tree)
  if (isArray(tree)) {
    return block(
      '[]',
      tree.map(each => written(each, indent, deeper(indent, margin))),
      indent,
      margin,
    )
  }
  if (isObject(tree)) {
    const colon = indent ? ': ' : ':'
    const parts = Object.entries(tree).map(
      ([name, each]) =>
        JSON.stringify(name) + colon + written(each, indent, deeper(indent, margin)),
    )
    return block('{}', parts, indent, margin)
  }
  return JSON.stringify(tree)
}

function deeper(indent: number, margin: string): string {
  return margin + ' '.repeat(indent)
}

function block(ends: '[]' | '{}', parts: string[], indent: number, margin: string): string {
  const [open, close] = [ends.charAt(0), ends.charAt(1)]
  if (!parts.length) return ends
  if (!indent) return open + parts.join(',') + close
  const inner = `\n${deeper(indent, margin)}`
  return `${open}${inner}${parts.join(`,${inner}`)}\n${margin}${close}`
}

/** A float stays one: `3.0`, not `3`. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new NotJson(`${value} is no JSON`, 0)
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

// -- reading ---------------------------------------------------------------------------------

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
// eslint-disable-next-line no-control-regex -- JSON forbids just these in a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const WORDS: readonly (readonly [string, Json])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
]

class Reader {
  private at = 0
  private depth = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  whole(): Json {
    this.space()
    const tree = this.value()
    this.space()
    if (this.at < this.text.length) this.fail('nothing more was expected')
    return tree
  }

  private value(): Json {
    switch (this.text.charAt(this.at)) {
      case '{':
        return this.nested(() => this.object())
      case '[':
        return this.nested(() => this.array())
      case '"':
        return this.string()
      default:
        return this.word()
    }
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > DEPTH) this.fail('it is nested too deeply')
    this.at += 1
    const tree = read()
    this.depth -= 1
    return tree
  }

  private object(): JsonObject {
    const entries: [string, Json][] = []
    this.items('}', () => {
      if (this.text.charAt(this.at) !== '"') this.fail('a name in quotes was expected')
      const name = this.string()
      this.space()
      if (!this.takes(':')) this.fail('":" was expected')
      this.space()
      entries.push([name, this.value()])
    })
    return objectOf(entries)
  }

  private array(): Json[] {
    const items: Json[] = []
    this.items(']', () => items.push(this.value()))
    return items
  }

  private items(end: string, read: () => void): void {
    this.space()
    if (this.takes(end)) return
    do {
      this.space()
      read()
      this.space()
    } while (this.takes(','))
    if (!this.takes(end)) this.fail(`"," or "${end}" was expected`)
  }

  private string(): string {
    const found = this.match(STRING)
    if (!found) this.fail('this text has no end, or holds what has to be escaped')
    return JSON.parse(found[0]) as string
  }

  private word(): Json {
    for (const [word, tree] of WORDS) if (this.takes(word)) return tree
    const found = this.match(NUMBER)
    if (!found) this.fail(this.at < this.text.length ? 'a value was expected' : 'it ends too early')
    const isInt = found[1] === undefined && found[2] === undefined
    return isInt && found[0] !== '-0' ? BigInt(found[0]) : Number(found[0])
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found) this.at = pattern.lastIndex
    return found
  }

  private space(): void {
    this.match(SPACE)
  }

  private takes(word: string): boolean {
    const is = this.text.startsWith(word, this.at)
    if (is) this.at += word.length
    return is
  }

  private fail(why: string): never {
    const before = this.text.slice(0, this.at)
    const line = before.split('\n').length
    const column = this.at - before.lastIndexOf('\n')
    throw new NotJson(`line ${line}, column ${column}: ${why}`, this.at)
  }
}
