import { type RefObject, useEffect, useRef } from 'react'
import type { Size } from '@/core/graph/layout'

/** A canvas in the sharpness of the screen, painted whenever `paint` or its size is another one. */
export function useCanvas(
  size: Size,
  paint: (context: CanvasRenderingContext2D) => void,
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { width, height } = size
  useEffect(() => {
    const context = sharpened(canvas.current, { width, height })
    if (context) paint(context)
  }, [width, height, paint])
  return canvas
}

/** Its context, cleared, in which a unit is a pixel of the page. */
export function sharpened(
  canvas: HTMLCanvasElement | null,
  { width, height }: Size,
): CanvasRenderingContext2D | null {
  const context = canvas?.getContext('2d')
  if (!canvas || !context) return null
  const ratio = window.devicePixelRatio || 1
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide
    canvas.height = high
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}
