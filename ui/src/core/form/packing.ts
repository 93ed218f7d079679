/** The little MessagePack that a form needs: to pick entries of a record, to write a manifest. */

/** Bytes are no MessagePack record. */
export class NotPacked extends Error {
  override name = 'NotPacked'
}

type Packable = string | number | boolean | readonly Packable[]

const utf8 = new TextEncoder()

/** MessagePack in its shortest form, of texts, whole numbers from 0 on, truth values and arrays. */
export function pack(tree: Packable): Uint8Array {
  const bytes: number[] = []
  packInto(bytes, tree)
  return Uint8Array.from(bytes)
}

function packInto(bytes: number[], tree: Packable): void {
  if (typeof tree === 'boolean') bytes.push(tree ? 0xc3 : 0xc2)
  else if (typeof tree === 'number') packCount(bytes, tree)
  else if (typeof tree === 'string') {
    const text = utf8.encode(tree)
    packHead(bytes, text.length, { short: 0xa0, most: 31, codes: [0xd9, 0xda, 0xdb] })
    for (const byte of text) bytes.push(byte)
  } else {
    packHead(bytes, tree.length, { short: 0x90, most: 15, codes: [0, 0xdc, 0xdd] })
    for (const each of tree) packInto(bytes, each)
  }
}

/** How the length of something is told: `codes` for one, two and four bytes; 0: there is none. */
interface Head {
  readonly short: number
  readonly most: number
  readonly codes: readonly [number, number, number]
}

function packHead(bytes: number[], length: number, head: Head): void {
  const [one, two, four] = head.codes
  if (length <= head.most) bytes.push(head.short | length)
  else if (one && length < 0x100) bytes.push(one, length)
  else if (length < 0x10000) bytes.push(two, ...bigEndian(length, 2))
  else bytes.push(four, ...bigEndian(length, 4))
}

function packCount(bytes: number[], count: number): void {
  if (count < 0x80) bytes.push(count)
  else if (count < 0x100) bytes.push(0xcc, count)
  else if (count < 0x10000) bytes.push(0xcd, ...bigEndian(count, 2))
  else if (count < 0x100000000) bytes.push(0xce, ...bigEndian(count, 4))
  else bytes.push(0xcf, ...bigEndian(count, 8))
}

function bigEndian(value: number, width: number): number[] {
  return Array.from({ length: width }, (_, index) =>
    Number((BigInt(value) >> BigInt(8 * (width - 1 - index))) & 0xffn),
  )
}

// -- records -----------------------------------------------------------------------------------

/** The entries of a packed record that have one of these names, as a record; values stay as they are. */
export function pick(record: Uint8Array, names: ReadonlySet<string>): Uint8Array {
  const reader = new Skipper(record)
  const picked: Uint8Array[] = []
  for (let left = reader.mapLength(); left > 0; left -= 1) {
    const start = reader.at
    const name = reader.text()
    reader.skip()
    if (names.has(name)) picked.push(record.subarray(start, reader.at))
  }
  const head: number[] = []
  packHead(head, picked.length, { short: 0x80, most: 15, codes: [0, 0xde, 0xdf] })
  return joined([Uint8Array.from(head), ...picked])
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  for (const each of parts) {
    whole.set(each, at)
    at += each.length
  }
  return whole
}

/** Bytes that follow a code from 0xc0 on; a pair: so many bytes tell the length of what follows. */
const FIXED: Readonly<Record<number, number>> = {
  0xc0: 0,
  0xc2: 0,
  0xc3: 0,
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
  0xd4: 2,
  0xd5: 3,
  0xd6: 5,
  0xd7: 9,
  0xd8: 17,
}
/** By code: how wide the length is, and how many bytes come besides (the code of an extension). */
const SIZED: Readonly<Record<number, readonly [number, number]>> = {
  0xc4: [1, 0],
  0xc5: [2, 0],
  0xc6: [4, 0],
  0xc7: [1, 1],
  0xc8: [2, 1],
  0xc9: [4, 1],
  0xd9: [1, 0],
  0xda: [2, 0],
  0xdb: [4, 0],
}

class Skipper {
  at = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  mapLength(): number {
    const code = this.take(1)
    if (code >> 4 === 0x8) return code & 0xf
    if (code === 0xde) return this.take(2)
    if (code === 0xdf) return this.take(4)
    throw new NotPacked('this is no packed record')
  }

  text(): string {
    const code = this.take(1)
    const width = { 0xd9: 1, 0xda: 2, 0xdb: 4 }[code]
    if (code >> 5 !== 0x5 && !width) throw new NotPacked('a name was expected')
    const length = width ? this.take(width) : code & 0x1f
    this.pass(length)
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at))
  }

  /** Pass over a value; without recursion, however deep it is nested. */
  skip(): void {
    for (let left = 1; left > 0; left -= 1) left += this.head()
  }

  /** Pass over a value up to its parts; gives how many of those come. */
  private head(): number {
    const code = this.take(1)
    if (code < 0x80 || code >= 0xe0) return 0
    if (code < 0x90) return 2 * (code & 0xf)
    if (code < 0xa0) return code & 0xf
    if (code < 0xc0) this.pass(code & 0x1f)
    else if (code === 0xdc || code === 0xdd) return this.take(code === 0xdc ? 2 : 4)
    else if (code === 0xde || code === 0xdf) return 2 * this.take(code === 0xde ? 2 : 4)
    else if (FIXED[code] !== undefined) this.pass(FIXED[code])
    else if (SIZED[code]) this.pass(this.take(SIZED[code][0]) + SIZED[code][1])
    else throw new NotPacked(`nothing begins with ${code}`)
    return 0
  }

  private take(width: number): number {
    this.pass(width)
    let value = 0
    for (let at = this.at - width; at < this.at; at += 1)
      value = value * 256 + (this.bytes[at] ?? 0)
    return value
  }

  private pass(count: number): void {
    this.at += count
    if (this.at > this.bytes.length) throw new NotPacked('it ends too early')
  }
}
