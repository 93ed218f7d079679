import type { FrameHead } from '@/core/values/contents'
import classes from './FrameTable.module.css'

/** The first rows of a table, under the names and types of its columns. */
export function FrameTable({ frame }: { frame: FrameHead }) {
  const hidden = frame.width - frame.columns.length
  const left = frame.rows - frame.head.length
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be reached
    <div className={classes.root} tabIndex={0} role="region" aria-label="First rows">
      <table className={classes.table}>
        <thead>
          <tr>
            {frame.columns.map(([name, type]) => (
              <th key={name} scope="col" data-number={isNumber(type) || undefined}>
                {name}
                <span className={classes.type}>{type}</span>
              </th>
            ))}
            {hidden > 0 && <th scope="col">{hidden} more</th>}
          </tr>
        </thead>
        <tbody>
          {frame.head.map((row, index) => (
            <tr key={index}>
              {frame.columns.map(([name]) => (
                <Cell key={name} value={row[name]} />
              ))}
              {hidden > 0 && <td className={classes.none}>…</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p className={classes.rest}>{left.toLocaleString('en')} more rows</p>}
    </div>
  )
}

function isNumber(type: string): boolean {
  return /^(u?int|float|double|halffloat|decimal)/.test(type)
}

function Cell({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <td className={classes.none}>null</td>
  if (typeof value === 'number') return <td className={classes.number}>{value}</td>
  return <td>{typeof value === 'string' ? value : JSON.stringify(value)}</td>
}
