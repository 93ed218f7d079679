/** Folders as content: what lists their files, byte for byte as the server writes it. */
import { pack } from './packing'

export interface FileOf {
  /** From the folder, with `/` between its parts. */
  readonly path: string
  readonly digest: string
  readonly size: number
}

const VERSION = 1
const utf8 = new TextEncoder()

export function manifest(files: readonly FileOf[]): Uint8Array<ArrayBuffer> {
  const entries = files
    .toSorted((one, other) => inOrder(one.path, other.path))
    .map(each => [each.path, each.digest, each.size, false])
  return new Uint8Array(pack([VERSION, entries]))
}

/** By code points, as Python sorts; JavaScript goes by halves of surrogate pairs. */
function inOrder(one: string, other: string): number {
  const [left, right] = [utf8.encode(one), utf8.encode(other)]
  const shorter = Math.min(left.length, right.length)
  for (let at = 0; at < shorter; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference) return difference
  }
  return left.length - right.length
}
