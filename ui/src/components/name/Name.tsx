import type { CSSProperties } from 'react'
import { atDot, ends } from '@/core/text/shorten'
import { useCopy } from './copy'
import classes from './Name.module.css'

interface NameProps {
  of: string
  /** In the face of ids and values. */
  mono?: boolean
  /** So many letters at its end stay when there is no room. */
  kept?: number
  /** Of an entity: its module gives way first, from its beginning. */
  dotted?: boolean
  /** What is told behind it on hover. */
  more?: string
}

/** A name on one line: where there is no room its middle is left out. It is whole on hover. */
export function Name({ of, mono = false, kept = 8, dotted = false, more = '' }: NameProps) {
  const [head, tail] = dotted ? atDot(of) : ends(of, kept)
  return (
    <span
      className={`${classes.root} ${mono ? 'mono' : ''}`}
      data-dotted={(dotted && tail !== '') || undefined}
      style={{ '--kept': kept } as CSSProperties}
      title={more ? `${of} · ${more}` : of}
    >
      {/* Two parts would be read out as two words. */}
      {tail && <span className="unseen">{of}</span>}
      <span className={classes.head} aria-hidden={tail !== ''}>
        {dotted && tail ? <bdi>{head}</bdi> : head}
      </span>
      {tail && (
        <span className={classes.tail} aria-hidden>
          {tail}
        </span>
      )}
    </span>
  )
}

interface CopyProps extends NameProps {
  /** What is copied, where that is more than what is shown. */
  text?: string
}

/** The same of what nothing can be opened by: a click copies it. */
export function Copy({ text, ...name }: CopyProps) {
  const copy = useCopy()
  return (
    <button type="button" className={classes.copy} onClick={event => copy(text ?? name.of, event)}>
      <Name {...name} />
    </button>
  )
}
