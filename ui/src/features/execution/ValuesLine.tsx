import { useInfiniteQuery } from '@tanstack/react-query'
import { parts, type Side } from '@/api/node/queries'
import { inWords } from '@/core/values/words'
import classes from './execution.module.css'

/** What goes into an execution, or comes out of it, in a line. */
export function ValuesLine({ of, side }: { of: string; side: Side }) {
  const { data } = useInfiniteQuery(parts({ execution: of, path: '' }, side))
  const shown = data?.pages.flatMap(page => page.parts) ?? []
  if (!shown.length) return null
  const told = shown.map(part => ({ name: String(part.key), value: inWords(part.preview) }))
  return (
    <span
      className={classes.line}
      title={told.map(({ name, value }) => `${name} = ${value}`).join('\n')}
    >
      <b>{side}</b>
      {told.map(({ name, value }) => (
        <span key={name} className="mono">
          <span className="faint">{name}=</span>
          {value}
        </span>
      ))}
    </span>
  )
}
