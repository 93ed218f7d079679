import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { parts, type Side, type Way } from '@/api/node/queries'
import { Failed } from '@/components/states/Failed'
import type { Place } from '@/core/graph/place'
import { size } from '@/core/text/shorten'
import { shapeOf } from '@/core/values/preview'
import { inWords } from '@/core/values/words'
import { ContentView } from './ContentView'
import { More } from './More'
import { hasParts, partNode, partsIn, type TreeNode } from './node'
import { ValueText } from './ValueText'
import classes from './ValueNode.module.css'

interface ValueNodeProps {
  of: Place
  side: Side
  way: Way
  node: TreeNode
  /** It is the whole value, whose name stands above: it is open, unless it is long. */
  isRoot?: boolean
}

const FEW = 12

/** A part of a value in the tree: what it is in a line, and its own parts when it is opened. */
export function ValueNode({ of, side, way, node, isRoot = false }: ValueNodeProps) {
  const shape = shapeOf(node.preview)
  const inner = hasParts(shape)
  const isContent = shape.shape === 'content'
  const length = 'length' in shape ? (shape.length ?? 0) : 0
  const [isOpen, setOpen] = useState(isRoot && inner && length <= FEW)
  const opens = inner || isContent
  return (
    <li
      className={classes.root}
      role="treeitem"
      aria-expanded={opens ? isOpen : undefined}
      aria-selected={false}
    >
      <div className={classes.row}>
        {opens ? (
          <button
            type="button"
            className={classes.toggle}
            aria-label={isOpen ? 'Close' : 'Open'}
            onClick={() => setOpen(!isOpen)}
          >
            <span className={classes.arrow} data-open={isOpen || undefined} />
          </button>
        ) : (
          <span className={classes.toggle} />
        )}
        {!isRoot && <Key of={node.key} />}
        <span className={classes.value}>
          {opens ? (
            <button type="button" className={classes.words} onClick={() => setOpen(!isOpen)}>
              {inWords(node.preview)}
            </button>
          ) : (
            <ValueText shape={shape} />
          )}
        </span>
        {node.type && !isRoot && <span className={classes.type}>{node.type}</span>}
        {node.size !== null && node.size > 1024 && !isRoot && (
          <span className={classes.type}>{size(node.size)}</span>
        )}
      </div>
      {isOpen && isContent && (
        <div className={classes.content}>
          <ContentView content={shape.content} />
        </div>
      )}
      {isOpen && inner && <Inner of={of} side={side} way={way} node={node} />}
    </li>
  )
}

function Key({ of }: { of: unknown }) {
  const isIndex = typeof of === 'number'
  const told = typeof of === 'string' ? of : inWords(of)
  return (
    <span className={isIndex ? classes.index : classes.key} title={told}>
      {told}
    </span>
  )
}

type InnerProps = Omit<ValueNodeProps, 'isRoot'>

/** The parts of a value: those that its preview has, or what the server gives of them. */
function Inner({ of, side, way, node }: InnerProps) {
  const known = partsIn(shapeOf(node.preview))
  const found = useInfiniteQuery({ ...parts(of, side, way), enabled: known === undefined })
  const shown = known ?? found.data?.pages.flatMap(page => page.parts.map(partNode))
  if (shown === undefined) {
    return found.isError ? (
      <Failed small error={found.error} retry={() => found.refetch()} />
    ) : (
      <div className={classes.loading} aria-busy="true" />
    )
  }
  return (
    <ul className={classes.inner} role="group">
      {shown.map((each, position) => (
        <ValueNode
          key={position}
          of={of}
          side={side}
          way={{ name: way.name, at: [...way.at, position] }}
          node={each}
        />
      ))}
      {!known && found.hasNextPage && (
        <li role="none">
          <More of={found} />
        </li>
      )}
    </ul>
  )
}
