import { useState } from 'react'
import { AnsiText } from '@/components/logs/AnsiText'
import classes from './Clamped.module.css'

/** Text of any length: so many lines of it, and all when that is asked for. */
export function Clamped({ text, lines }: { text: string; lines: number }) {
  const [isWhole, setWhole] = useState(false)
  const rows = text.split('\n')
  const isLong = rows.length > lines || text.length > lines * 160
  const shown =
    isWhole || !isLong
      ? text
      : rows
          .slice(0, lines)
          .join('\n')
          .slice(0, lines * 160)
  if (!text) return null
  return (
    <div className={classes.root}>
      <AnsiText text={shown} />
      {isLong && (
        <button type="button" className={classes.more} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Less' : 'Show all of it'}
        </button>
      )}
    </div>
  )
}
