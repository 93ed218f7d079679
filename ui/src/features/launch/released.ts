import { useCallback, useEffect, useRef } from 'react'

/**
 * Does things when no pointer is held down: what appears between press and release would move the
 * button that is being pressed away.
 */
export function useWhenReleased(): (act: () => void) => void {
  const isDown = useRef(false)
  const waiting = useRef<(() => void)[]>([])

  useEffect(() => {
    const press = () => {
      isDown.current = true
    }
    const release = () => {
      isDown.current = false
      // The click itself comes right behind.
      setTimeout(() => {
        for (const act of waiting.current.splice(0)) act()
      })
    }
    window.addEventListener('pointerdown', press, true)
    window.addEventListener('pointerup', release, true)
    window.addEventListener('pointercancel', release, true)
    return () => {
      window.removeEventListener('pointerdown', press, true)
      window.removeEventListener('pointerup', release, true)
      window.removeEventListener('pointercancel', release, true)
    }
  }, [])

  return useCallback((act: () => void) => {
    if (isDown.current) waiting.current.push(act)
    else act()
  }, [])
}
