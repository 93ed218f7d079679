import { useStore } from '@xyflow/react'
import { useMemo } from 'react'
import type { Area, Tiles } from '@/core/graph/tiles'
import { areaOf, MOST_BOXES, NAMES, roomy } from '@/core/graph/view'

interface Near {
  /** Null: it is not known yet what is on screen. */
  near: Area | null
  /** There is too much in it for boxes one by one. */
  isFar: boolean
}

/** What is on screen with some room around it, and whether that is too much for boxes. It changes
 * only when the view has moved by a good deal.
 *
 * @param isPlaced false: the view is not yet where it begins
 */
export function useNear<T>(boxes: Tiles<T>, isPlaced = true): Near {
  const key = useStore(({ transform: [x, y, zoom], width, height }) => {
    if (!isPlaced || width === 0) return ''
    const area = roomy(areaOf({ x, y, zoom }, { width, height }))
    return `${area.x} ${area.y} ${area.width} ${area.height} ${zoom < NAMES}`
  })
  return useMemo(() => {
    if (key === '') return { near: null, isFar: false }
    const [x = 0, y = 0, width = 0, height = 0] = key.split(' ').map(Number)
    const near = { x, y, width, height }
    const isFar = boxes.in(near, MOST_BOXES).length >= MOST_BOXES
    return { near, isFar }
  }, [key, boxes])
}
