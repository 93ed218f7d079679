import { Link } from '@tanstack/react-router'
import type { Side } from '@/api/node/queries'
import type { Part } from '@/api/schema'
import { Copy } from '@/components/name/Name'
import type { Place } from '@/core/graph/place'
import { size } from '@/core/text/shorten'
import { shapeOf } from '@/core/values/preview'
import { lineageOf } from './lineage'
import { ContentView } from './ContentView'
import { partNode } from './node'
import { ValueMenu } from './ValueMenu'
import { ValueNode } from './ValueNode'
import { ValueText } from './ValueText'
import classes from './ValueCard.module.css'

interface ValueCardProps {
  of: Place
  side: Side
  part: Part
}

/** An input or an output: its name, type and size, what it is, and where that leads. */
export function ValueCard({ of, side, part }: ValueCardProps) {
  const name = String(part.key)
  const shape = shapeOf(part.preview)
  const bytes = part.size
  return (
    <section className={classes.root} aria-label={name}>
      <header className={classes.head}>
        <h3 className={classes.name}>{name}</h3>
        <span className={classes.type} title={part.type}>
          {part.type}
        </span>
        <span className={classes.size}>{bytes != null && size(bytes)}</span>
        <ValueMenu of={of} side={side} part={part} />
      </header>
      {shape.shape === 'content' ? (
        <ContentView content={shape.content} />
      ) : shape.shape === 'many' || shape.shape === 'entries' || shape.shape === 'offloaded' ? (
        <ul className={classes.tree} role="tree" aria-label={name}>
          <ValueNode of={of} side={side} way={{ name, at: [] }} node={partNode(part)} isRoot />
        </ul>
      ) : (
        <div className={classes.text}>
          <ValueText shape={shape} />
        </div>
      )}
      {part.digest && (
        <footer className={classes.foot}>
          <Link {...lineageOf(part.digest, 'upstream')}>Where from</Link>
          <Link {...lineageOf(part.digest, 'downstream')}>Used by</Link>
          <Copy of={part.digest} mono />
        </footer>
      )}
    </section>
  )
}
