import { type RefObject, useLayoutEffect, useState } from 'react'

/** How wide an element is, before it is painted and whenever that changes. */
export function useWidth(of: RefObject<Element | null>): number {
  const [width, setWidth] = useState(window.innerWidth)
  useLayoutEffect(() => {
    const element = of.current
    if (!element) return
    const measure = () => setWidth(element.clientWidth || window.innerWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [of])
  return width
}
