import { useEffect, useState } from 'react'
import classes from './Loading.module.css'

const PATIENCE = 200

/** Lines in the shape of what is coming, once it takes long enough to wonder. */
export function Loading({ rows = 6 }: { rows?: number }) {
  const shown = useAfter(PATIENCE)
  return (
    <div className={classes.root} aria-busy="true" data-shown={shown || undefined}>
      <span className="unseen">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={classes.row}>
          <span style={{ width: `${30 + ((row * 37) % 40)}%` }} />
        </div>
      ))}
    </div>
  )
}

/** Whether so many milliseconds have gone by. */
export function useAfter(milliseconds: number): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), milliseconds)
    return () => clearTimeout(timer)
  }, [milliseconds])
  return isOver
}
