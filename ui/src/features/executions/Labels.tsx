import { visible } from '@/core/text/visible'
import classes from './Labels.module.css'

/** Labels on one line, as many as there is room for. */
export function Labels({ of }: { of: Record<string, string> }) {
  const all = Object.entries(of)
  if (all.length === 0) return null
  return (
    <span className={classes.root} title={all.map(([key, value]) => `${key}=${value}`).join('\n')}>
      {all.slice(0, 4).map(([key, value]) => (
        <span key={key} className={classes.label}>
          <span className="faint">{key}=</span>
          {visible(value)}
        </span>
      ))}
    </span>
  )
}
