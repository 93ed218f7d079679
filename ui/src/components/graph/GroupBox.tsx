import { IconChevronDown } from '@tabler/icons-react'
import { memo } from 'react'
import { Name } from '@/components/name/Name'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { kindWord, titleOf } from '@/core/graph/kinds'
import type { Item } from '@/core/graph/outline'
import { markOf, phaseShown } from '@/core/graph/status'
import classes from './boxes.module.css'
import { ChildLink } from './ChildLink'
import { useGraph } from './context'
import { Growth } from './Growth'
import { KindIcon } from './KindIcon'
import { useStatus } from './status'

/** An open node: a frame around what is inside, with its name on top. */
export const GroupBox = memo(function GroupBox({ item }: { item: Item }) {
  const graph = useGraph()
  const status = useStatus(graph.statuses, item.place)
  const { node, key } = item
  const phase = phaseShown(status, graph.isLive)
  const title = titleOf(node)
  return (
    <div
      className={classes.group}
      data-phase={graph.isRun ? phase : undefined}
      data-selected={graph.selected === key || undefined}
      data-dim={(graph.critical && !graph.critical.has(key)) || undefined}
      data-deep={item.depth % 2 === 1 || undefined}
    >
      <div className={classes.header}>
        <button
          type="button"
          className={classes.close}
          aria-label={`Close ${title}`}
          aria-expanded
          onClick={() => graph.onToggle(key, false)}
        >
          <IconChevronDown size={14} aria-hidden />
        </button>
        <button
          type="button"
          className={classes.headerFace}
          title={`${title} · ${kindWord(node)} · ${item.place.path}`}
          aria-pressed={graph.selected === key}
          onClick={() => graph.onSelect(item.place)}
        >
          {graph.isRun && (
            <PhaseMark phase={markOf(status, graph.isLive)} live={graph.isLive} size={14} />
          )}
          <span className={classes.title}>
            <Name of={title} more={`${kindWord(node)} · ${item.place.path}`} />
          </span>
          <span className={classes.kind}>
            <KindIcon node={node} />
            {kindWord(node)}
          </span>
          <Growth status={status} />
        </button>
        {status?.child && <ChildLink id={status.child} />}
      </div>
    </div>
  )
})
