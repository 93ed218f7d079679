import { useStoreApi, useReactFlow } from '@xyflow/react'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Box, Scene } from '@/core/graph/scene'
import { placeKey, placeOf, scopesAround } from '@/core/graph/place'
import { areaOf, fitting, opening, revealing } from '@/core/graph/view'
import { useGraph } from './context'

/**
 * Keeps the view steady. The first scene is shown whole; when another one takes its place, what
 * somebody has just opened, has selected, or is looking at stays where it is on screen. What gets
 * selected elsewhere is brought on screen.
 *
 * @returns shows all of it; and whether the view is where it begins
 */
export function useSteady(scene: Scene): [fit: () => void, isPlaced: boolean] {
  const flow = useReactFlow()
  const store = useStoreApi()
  const { selected } = useGraph()
  const before = useRef<Scene | null>(null)
  const [isPlaced, setPlaced] = useState(false)

  const screen = useCallback(() => {
    const { width, height } = store.getState()
    return { width, height }
  }, [store])

  const show = useCallback(
    (how: typeof fitting) => {
      void flow.setViewport(how({ x: 0, y: 0, width: scene.width, height: scene.height }, screen()))
    },
    [flow, scene, screen],
  )

  useLayoutEffect(() => {
    const last = before.current
    before.current = scene
    if (last === scene) return
    if (!last) {
      whenSized(store, () => {
        show(opening)
        setPlaced(true)
      })
      return
    }
    const view = flow.getViewport()
    const { x, y, width, height } = areaOf(view, screen())
    const anchor = anchorOf(last, scene, { x: x + width / 2, y: y + height / 2 })
    if (!anchor) return
    const [was, is] = anchor
    const kept = {
      ...view,
      x: view.x + (was.x - is.x) * view.zoom,
      y: view.y + (was.y - is.y) * view.zoom,
    }
    void flow.setViewport(kept)
    const hasOpened = was.look === 'node' && is.look === 'group'
    if (hasOpened) void flow.setViewport(revealing(kept, is, screen()), { duration: 150 })
  }, [scene, flow, store, show, screen])

  useEffect(() => {
    if (!selected) return
    // A panel may be about to open, and takes its room from the graph.
    const timer = setTimeout(() => {
      const box = before.current && boxOf(before.current, selected)
      const size = screen()
      if (!box || size.width === 0) return
      const view = flow.getViewport()
      const next = revealing(view, box, size)
      if (next !== view) void flow.setViewport(next, { duration: 150 })
    }, SETTLED)
    return () => clearTimeout(timer)
  }, [selected, flow, screen])

  return [useCallback(() => show(fitting), [show]), isPlaced]
}

/** Milliseconds after which the page has its new shape. */
const SETTLED = 60

/** The box of a node; of one that has none, as the elements of a map, of what it is in. */
function boxOf(scene: Scene, key: string): Box | undefined {
  const { execution, path } = placeOf(key)
  const around = scopesAround(path).map(scope => placeKey({ execution, path: scope }))
  const boxes = new Map(scene.boxes.filter(own).map(box => [box.key, box]))
  return [...around, key].map(each => boxes.get(each)).findLast(box => box !== undefined)
}

/** The box nearest to a point that is in both scenes: as it was, and as it is. What has changed its
 * size, because it was opened or closed, comes first. */
function anchorOf(last: Scene, next: Scene, point: { x: number; y: number }): [Box, Box] | null {
  const now = new Map(next.boxes.filter(own).map(box => [box.key, box]))
  let found: [Box, Box] | null = null
  let nearest = Infinity
  for (const box of last.boxes) {
    const its = own(box) && now.get(box.key)
    if (!its) continue
    const hasTurned = box.look !== its.look
    const distance = hasTurned ? -1 : Math.hypot(box.x - point.x, box.y - point.y)
    if (distance < nearest) {
      found = [box, its]
      nearest = distance
    }
  }
  return found
}

/** A node itself, and not what is drawn around it. */
function own(box: Box): boolean {
  return box.look === 'node' || box.look === 'group'
}

/** Do something once the plane knows how large it is, and has settled where it begins. */
function whenSized(store: ReturnType<typeof useStoreApi>, act: () => void): void {
  const isReady = () => store.getState().width > 0 && store.getState().panZoom !== null
  const soon = () => void setTimeout(act)
  if (isReady()) {
    soon()
    return
  }
  const leave = store.subscribe(() => {
    if (!isReady()) return
    leave()
    soon()
  })
}
