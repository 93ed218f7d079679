import type { Part } from '@/api/schema'
import { type Preview, type Shape, shapeOf } from '@/core/values/preview'

/** A part of a value as the tree shows it. */
export interface TreeNode {
  key: Preview
  type: string
  preview: Preview
  size: number | null
}

export function partNode(part: Part): TreeNode {
  return { key: part.key, type: part.type, preview: part.preview, size: part.size }
}

/** The parts of a value as far as its preview has them; undefined: it does not have all of them, and
 * the server is asked.
 */
export function partsIn(shape: Shape): TreeNode[] | undefined {
  if (shape.shape === 'many' && shape.items.length === shape.length) {
    return shape.items.map((preview, key) => ({ key, type: '', preview, size: null }))
  }
  if (shape.shape === 'entries' && shape.entries.length === shape.length) {
    return shape.entries.map(([key, preview]) => ({ key, type: '', preview, size: null }))
  }
  return undefined
}

/** Whether a value has parts to be opened. */
export function hasParts(shape: Shape): boolean {
  if (shape.shape === 'many' || shape.shape === 'entries') return shape.length > 0
  return shape.shape === 'offloaded'
}

export { shapeOf }
