import { type ReactFlowState, useStoreApi } from '@xyflow/react'
import { type RefObject, useEffect, useRef } from 'react'
import type { Size } from '@/core/graph/layout'
import type { Area } from '@/core/graph/tiles'
import { areaOf, type View } from '@/core/graph/view'
import { sharpened } from './useCanvas'

/** What is painted on, in the measures of the plane, and the part of the plane that is on it. */
export interface Sheet {
  context: CanvasRenderingContext2D
  zoom: number
  area: Area
}

interface Layer {
  /** It has to stay the same: with another one all is painted anew. */
  paint: (sheet: Sheet) => void
  /** Milliseconds without a change after which it is painted anew; 0: with the next picture. */
  rest: number
  /** Of what else it has to be painted anew for. */
  subscribe?: (listener: () => void) => () => void
}

/** Pixels that are painted beyond each side of the plane. */
const AROUND = 240

/** A canvas over the plane. As the view moves it is moved with it, which costs nothing; it is painted
 * anew only when there is more to see than what is on it. */
export function useLayer({ paint, rest, subscribe }: Layer): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null)
  const store = useStoreApi()

  useEffect(() => {
    let painted: Seen | null = null
    let frame = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const now = () => {
      frame = 0
      painted = seenOf(store.getState())
      const sheet = sheetOf(canvas.current, painted)
      if (sheet) paint(sheet)
    }
    const again = () => {
      if (rest === 0) frame ||= requestAnimationFrame(now)
      else {
        clearTimeout(timer)
        timer = setTimeout(now, rest)
      }
    }
    const follow = (state: ReactFlowState) => {
      const seen = seenOf(state)
      if (canvas.current && painted) move(canvas.current, painted, seen)
      if (!painted || !isEnough(painted, seen)) again()
    }
    again()
    const leave = [store.subscribe(follow), subscribe?.(again)]
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      for (const each of leave) each?.()
    }
  }, [store, paint, rest, subscribe])

  return canvas
}

/** A view of the plane, which is so large on screen. */
interface Seen extends View, Size {}

function seenOf({ transform: [x, y, zoom], width, height }: ReactFlowState): Seen {
  return { x, y, zoom, width, height }
}

/** An empty sheet for what is seen; null: there is no canvas. */
function sheetOf(canvas: HTMLCanvasElement | null, { x, y, zoom, ...size }: Seen): Sheet | null {
  const room = { width: size.width + 2 * AROUND, height: size.height + 2 * AROUND }
  const context = sharpened(canvas, room)
  if (!canvas || !context) return null
  Object.assign(canvas.style, {
    inset: `-${AROUND}px`,
    width: `${room.width}px`,
    height: `${room.height}px`,
    transformOrigin: `${AROUND}px ${AROUND}px`,
    transform: 'none',
  })
  const view = { x: x + AROUND, y: y + AROUND, zoom }
  context.translate(view.x, view.y)
  context.scale(zoom, zoom)
  return { context, zoom, area: areaOf(view, room) }
}

/** Put what is painted where it is seen. */
function move(canvas: HTMLCanvasElement, painted: Seen, seen: Seen): void {
  const scale = seen.zoom / painted.zoom
  const [right, down] = [seen.x - scale * painted.x, seen.y - scale * painted.y]
  canvas.style.transform = `translate(${right}px, ${down}px) scale(${scale})`
}

/** Whether all that is seen is painted, and sharp. */
function isEnough(painted: Seen, seen: Seen): boolean {
  if ((['zoom', 'width', 'height'] as const).some(each => painted[each] !== seen[each]))
    return false
  return Math.max(Math.abs(seen.x - painted.x), Math.abs(seen.y - painted.y)) <= AROUND
}
