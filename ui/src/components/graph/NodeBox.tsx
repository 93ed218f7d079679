import { IconChevronRight } from '@tabler/icons-react'
import { memo } from 'react'
import type { NodeStatus } from '@/api/graph/feeds'
import { Name } from '@/components/name/Name'
import { Badge } from '@/components/phase/Badge'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { kindWord, titleOf } from '@/core/graph/kinds'
import type { Item } from '@/core/graph/outline'
import { markOf, phaseShown } from '@/core/graph/status'
import { hasEnded, phaseWord } from '@/core/phase/phase'
import { visible } from '@/core/text/visible'
import { Attempts } from './Attempts'
import { ChildLink } from './ChildLink'
import { useGraph } from './context'
import { Growth } from './Growth'
import { KindIcon } from './KindIcon'
import classes from './boxes.module.css'
import { useStatus } from './status'
import { Strip } from './Strip'

/** A closed node: how it stands, what it is called and what it is. */
export const NodeBox = memo(function NodeBox({ item }: { item: Item }) {
  const graph = useGraph()
  const status = useStatus(graph.statuses, item.place)
  const { node, key } = item
  const phase = phaseShown(status, graph.isLive)
  const title = titleOf(node)
  return (
    <div
      className={classes.node}
      data-phase={graph.isRun ? phase : undefined}
      data-selected={graph.selected === key || undefined}
      data-critical={graph.critical?.has(key) || undefined}
      data-dim={(graph.critical && !graph.critical.has(key)) || undefined}
    >
      <button
        type="button"
        className={classes.face}
        title={`${title} · ${kindWord(node)} · ${item.place.path}`}
        aria-pressed={graph.selected === key}
        onClick={() => graph.onSelect(item.place)}
        onDoubleClick={() => item.opens && graph.onToggle(key, true)}
      >
        <span className={classes.line}>
          {graph.isRun && (
            <PhaseMark phase={markOf(status, graph.isLive)} live={graph.isLive} size={14} />
          )}
          <span className={classes.title}>
            <Name of={title} more={`${kindWord(node)} · ${item.place.path}`} />
          </span>
          <Growth status={status} />
        </span>
        <span className={classes.small}>
          <KindIcon node={node} />
          <span className={classes.what}>{told(item, status)}</span>
          {status?.reuse && <Badge of={status.reuse} small />}
          {status && status.attempt > 1 && (
            <Attempts count={status.attempt} phase={phase} isOver={hasEnded(phase)} />
          )}
        </span>
        {node.kind === 'map' && <Strip elements={status?.elements ?? null} />}
      </button>
      {status?.child && <ChildLink id={status.child} />}
      {item.opens && (
        <button
          type="button"
          className={classes.open}
          aria-label={`Open ${title}`}
          aria-expanded={false}
          onClick={() => graph.onToggle(key, true)}
        >
          <IconChevronRight size={14} aria-hidden />
        </button>
      )}
    </div>
  )
})

/** The second line: what matters most about it. */
function told(item: Item, status: NodeStatus | undefined): string {
  if (status?.waiting) return 'waits for you'
  if (status?.failure && status.phase === 'FAILED') return visible(status.failure.message)
  if (status?.child) return '' // a link stands there
  if (item.node.kind !== 'map' || !status?.elements) return kindWord(item.node)
  const counts = Object.entries(status.elements).filter(([, count]) => count > 0)
  const all = counts.reduce((sum, [, count]) => sum + count, 0)
  const failed = status.elements.FAILED ?? 0
  const elements = `× ${all.toLocaleString('en')}`
  if (failed > 0) return `${elements}, ${failed.toLocaleString('en')} ${phaseWord('FAILED')}`
  const left = all - (status.elements.SUCCEEDED ?? 0)
  return hasEnded(status.phase) || left === 0
    ? elements
    : `${elements}, ${left.toLocaleString('en')} to go`
}
