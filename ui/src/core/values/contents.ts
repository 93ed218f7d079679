import { isObject } from './preview'

/** The first rows of a table. */
export interface FrameHead {
  rows: number
  /** How many columns it has; those of `columns` are the first. */
  width: number
  columns: [name: string, type: string][]
  head: Record<string, unknown>[]
}

/** The first rows of a table, of its own preview. */
export function frameHead(preview: unknown): FrameHead | undefined {
  if (!isObject(preview) || !isObject(preview['columns'])) return undefined
  const columns = Object.entries(preview['columns']).map(([name, type]): [string, string] => [
    name,
    String(type),
  ])
  const head = Array.isArray(preview['head']) ? preview['head'].filter(isObject) : []
  const { rows, width } = preview
  return {
    rows: typeof rows === 'number' ? rows : head.length,
    width: typeof width === 'number' ? width : columns.length,
    columns,
    head,
  }
}

/** The beginning of a file that is text. */
export interface TextHead {
  text: string
  whole: boolean
}

export function textHead(preview: unknown): TextHead | undefined {
  if (!isObject(preview) || typeof preview['text'] !== 'string' || !('media' in preview)) {
    return undefined
  }
  return { text: preview['text'], whole: preview['whole'] === true }
}

/** Pictures up to so many bytes are shown. */
export const LARGEST_PICTURE = 5_000_000

const MARKS: [media: string, mark: number[], offset: number][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 0],
  ['image/jpeg', [0xff, 0xd8, 0xff], 0],
  ['image/gif', [0x47, 0x49, 0x46, 0x38], 0],
  ['image/webp', [0x57, 0x45, 0x42, 0x50], 8],
]

/** The type of a picture by how its bytes begin, whatever it is said to be; of what can hold a
 * script, such as SVG, and of all that is no picture: none.
 */
export function pictureType(bytes: Uint8Array): string | undefined {
  return MARKS.find(([, mark, offset]) =>
    mark.every((byte, index) => bytes[offset + index] === byte),
  )?.[0]
}

/** Whether content says that it is a picture of a kind that is shown. */
export function mayBePicture(format: string, preview: unknown): boolean {
  const media = isObject(preview) ? preview['media'] : undefined
  const words = MARKS.map(([each]) => each)
  if (typeof media === 'string') return words.includes(media)
  const format_ = format.toLowerCase().replace('jpg', 'jpeg')
  return words.includes(`image/${format_}`)
}
