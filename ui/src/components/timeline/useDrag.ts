import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { between, moment, pan, zoom, type Span } from '@/core/timeline/span'

/** Nearer than this a drag is a click. */
const CLICK = 4

/** What is dragged over, as parts of what is shown. */
interface Dragged {
  from: number
  to: number
}

/** Lets a stretch of the timeline be chosen with the pointer, and moved and scaled with the wheel.
 *
 * @param track as wide as the time that is shown
 */
export function useDrag(
  track: RefObject<HTMLElement | null>,
  span: Span,
  whole: Span,
  onSpan: (span: Span | null) => void,
) {
  const start = useRef<number | null>(null)
  const [area, setArea] = useState<Dragged | null>(null)

  const at = (x: number) => {
    const box = track.current?.getBoundingClientRect()
    return box && box.width > 0 ? (x - box.left) / box.width : 0
  }

  const down = (event: PointerEvent) => {
    if (event.button !== 0 || at(event.clientX) < 0) return
    start.current = event.clientX
  }
  const move = (event: PointerEvent) => {
    if (start.current === null || Math.abs(event.clientX - start.current) < CLICK) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const [a, b] = [at(start.current), at(event.clientX)]
    setArea({ from: Math.max(0, Math.min(a, b)), to: Math.min(1, Math.max(a, b)) })
  }
  const up = () => {
    start.current = null
    if (area) onSpan(between(moment(span, area.from), moment(span, area.to), whole))
    setArea(null)
  }

  const wheel = useRef<(event: WheelEvent) => void>(() => undefined)
  useEffect(() => {
    wheel.current = event => {
      const sideways = event.shiftKey ? event.deltaY : event.deltaX
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault()
        onSpan(zoom(span, Math.exp(event.deltaY * 0.004), at(event.clientX), whole))
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        event.preventDefault()
        onSpan(pan(span, sideways * 0.001, whole))
      }
    }
  })
  useEffect(() => {
    const element = track.current?.parentElement?.parentElement
    const turn = (event: WheelEvent) => wheel.current(event)
    // React's own listeners cannot keep the page from being scaled by the wheel.
    element?.addEventListener('wheel', turn, { passive: false })
    return () => element?.removeEventListener('wheel', turn)
  }, [track])

  const cancel = () => {
    start.current = null
    setArea(null)
  }
  return {
    area,
    handlers: {
      onPointerDown: down,
      onPointerMove: move,
      onPointerUp: up,
      onPointerCancel: cancel,
    },
  }
}
