import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'
import { Kept, useStore } from '@/api/store'
import classes from './split.module.css'

const width = new Kept('panel.width', '480')

const LEAST = 320
const STEP = 32

interface SplitProps {
  children: ReactNode
  /** At the right; null: there is none. */
  panel: ReactNode
  /** The panel has all the room. */
  isWide: boolean
}

/** Two parts side by side; how wide the right one is stays as somebody has made it. */
export function Split({ children, panel, isWide }: SplitProps) {
  const kept = Number(useStore(width)) || 480
  const root = useRef<HTMLDivElement>(null)
  const [dragged, setDragged] = useState<number | null>(null)
  const shown = dragged ?? kept

  const limited = (value: number) => {
    const most = (root.current?.clientWidth ?? Infinity) - LEAST
    return Math.round(Math.max(LEAST, Math.min(value, most)))
  }
  const move = (event: PointerEvent) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !root.current) return
    setDragged(limited(root.current.getBoundingClientRect().right - event.clientX))
  }
  const drop = () => {
    if (dragged !== null) width.set(String(dragged))
    setDragged(null)
  }
  const keys = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowLeft' ? STEP : event.key === 'ArrowRight' ? -STEP : 0
    if (by) width.set(String(limited(kept + by)))
  }
  return (
    <div ref={root} className={classes.root} data-wide={(panel && isWide) || undefined}>
      <div className={classes.main}>{children}</div>
      {panel && (
        <>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator with a value can be moved */}
          <div
            className={classes.edge}
            role="separator"
            aria-label="Width of the panel"
            aria-orientation="vertical"
            aria-valuenow={shown}
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- and by keys as well
            tabIndex={0}
            onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={move}
            onPointerUp={drop}
            onPointerCancel={drop}
            onKeyDown={keys}
          />
          <div className={classes.panel} style={{ width: shown }}>
            {panel}
          </div>
        </>
      )}
    </div>
  )
}
