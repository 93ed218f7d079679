import { IconBinaryTree2, IconFile, IconLink, IconPuzzle, IconTag } from '@tabler/icons-react'
import type { Use } from '@/api/schema'
import { Badge } from '@/components/phase/Badge'
import { lastPart } from '@/core/fleet/grid'
import type { RunNode, TrailNode, ValueNode } from '@/core/lineage/trail'
import classes from './trail.module.css'

interface TrailNodeBoxProps {
  of: TrailNode<Use>
  isSelected: boolean
  onSelect: () => void
}

/** A value as a rounded box, a run as a plain one. */
export function TrailNodeBox({ of, isSelected, onSelect }: TrailNodeBoxProps) {
  return (
    <button
      type="button"
      className={classes.box}
      data-kind={of.kind}
      data-asked={(of.kind === 'value' && of.isAsked) || undefined}
      aria-pressed={isSelected}
      onClick={onSelect}
    >
      {of.kind === 'value' ? <ValueFace of={of} /> : <RunFace of={of} />}
    </button>
  )
}

/** A file with its size, such as `sold.csv (226 bytes)`. */
const SIZED = /^(.*)( \(.* (?:bytes|kB|MB|GB)\))$/

function ValueFace({ of: { uses } }: { of: ValueNode<Use> }) {
  const [first] = uses
  if (!first) return null
  const { preview, uri, digest } = first
  const names = [...new Set(uses.map(use => use.name))].slice(0, 3).join(', ')
  const told = preview || uri || digest
  const [, file = told, length = ''] = SIZED.exec(preview) ?? []
  const Icon = uri ? IconLink : length ? IconFile : IconTag
  return (
    <>
      <span className={classes.line} title={told}>
        <Icon size={14} aria-label="value" />
        <span className={classes.title}>
          {file}
          <span className={classes.length}>{length}</span>
        </span>
      </span>
      <span className={classes.small}>{names}</span>
    </>
  )
}

function RunFace({ of: { entity, execution, path, isReused } }: { of: RunNode<Use> }) {
  const Icon = entity?.kind === 'task' ? IconPuzzle : IconBinaryTree2
  return (
    <>
      <span className={classes.line} title={entity?.name}>
        <Icon size={14} aria-label="run" />
        <span className={classes.title}>{entity ? lastPart(entity.name) : path || execution}</span>
        {isReused && <Badge of="cached" small />}
      </span>
      <span className={`${classes.small} mono`}>{`${execution} ${path}`}</span>
    </>
  )
}
