/**
 * Content by reference, as it stands in JSON: an object that says with `@` what it refers to.
 *
 * The server has the bytes, by their digest (BLAKE3); a URI names those of somebody else.
 */
import { isObject, type Json, type JsonObject } from './json'
import type { ContentType, FrameType } from './types'

export interface Content {
  readonly kind: string
  readonly name: string
  readonly format: string
  readonly digest: string
  /** In bytes; of a folder, those of its files together; -1: nobody knows. */
  readonly size: number
  readonly uri: string
}

/** The entry of an object that says what it refers to. */
export const KIND = '@'

const DIGEST = /^[0-9a-f]{64}$/

export function contentJson(content: Content): JsonObject {
  const { kind, name, format, digest, size, uri } = content
  return {
    [KIND]: kind,
    ...(name && { name }),
    ...(format && { format }),
    ...(digest && { digest }),
    ...(size >= 0 && { size: BigInt(size) }),
    ...(uri && { uri }),
  }
}

/** The inverse; null: the JSON is no reference, or one to nothing that can be found. */
export function readContent(tree: Json): Content | null {
  if (!isObject(tree)) return null
  const content = {
    kind: textAt(tree, KIND) || (tree['type'] === 'content' ? textAt(tree, 'kind') : ''),
    name: textAt(tree, 'name'),
    format: textAt(tree, 'format'),
    digest: textAt(tree, 'digest'),
    size: typeof tree['size'] === 'bigint' ? Number(tree['size']) : -1,
    uri: textAt(tree, 'uri'),
  }
  const isFound = content.uri !== '' || DIGEST.test(content.digest)
  return content.kind && isFound ? content : null
}

/** What references to content of a type say that they refer to. */
export function kindOf(kind: ContentType | FrameType): string {
  return kind.type === 'frame' ? 'frame' : kind.kind
}

/** The format that the name of a file tells: what it ends in. */
export function formatOf(name: string, declared: string): string {
  return declared || (/\.([A-Za-z0-9]+)$/.exec(name)?.[1] ?? '').toLowerCase()
}

function textAt(tree: JsonObject, name: string): string {
  const found = Object.hasOwn(tree, name) ? tree[name] : undefined
  return typeof found === 'string' ? found : ''
}
