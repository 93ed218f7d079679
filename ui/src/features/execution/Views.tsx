import { ActionIcon, Tabs, Tooltip } from '@mantine/core'
import { IconLayoutSidebarRight } from '@tabler/icons-react'
import { useMemo, useState, useSyncExternalStore } from 'react'
import type { Summary } from '@/api/schema'
import { Time } from '@/components/time/Time'
import { criticalPath } from '@/core/graph/critical'
import type { Place } from '@/core/graph/place'
import { EventsTab } from './EventsTab'
import classes from './execution.module.css'
import { GraphTab } from './GraphTab'
import { NodesTab } from './NodesTab'
import { type ExecutionSearch, VIEWS, type View, viewOf } from './search'
import { TimelineTab } from './TimelineTab'
import type { ExecutionView } from './useView'

interface ViewsProps {
  view: ExecutionView
  summary: Summary
  search: ExecutionSearch
  onSearch: (changes: ExecutionSearch) => void
  isLive: boolean
  /** Since when nothing is heard of the server. */
  silent: number | null
  selected: string
  onSelect: (place: Place) => void
  /** Brings the panel back; null: it is there. */
  onPanel: (() => void) | null
}

const WORDS: Record<View, string> = {
  graph: 'Graph',
  timeline: 'Timeline',
  nodes: 'Nodes',
  events: 'Events',
}

/** The nodes of an execution, looked at in one of several ways. */
export function Views(props: ViewsProps) {
  const { view, summary, search, onSearch, isLive, silent, selected, onSelect, onPanel } = props
  const [isCritical, setCritical] = useState(false)
  const critical = useCritical(view, isCritical)
  const [end] = useState(summary.journal)
  return (
    <Tabs
      className={classes.views}
      value={viewOf(search)}
      onChange={value => value && onSearch({ view: value })}
      keepMounted={false}
    >
      <div className={classes.tabs}>
        <Tabs.List>
          {VIEWS.map(name => (
            <Tabs.Tab key={name} value={name}>
              {WORDS[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {silent !== null && (
          <span className={classes.silent} role="status">
            as of <Time at={silent} />
          </span>
        )}
        {onPanel && (
          <Tooltip label="Details">
            <ActionIcon className={classes.back} aria-label="Show the details" onClick={onPanel}>
              <IconLayoutSidebarRight size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <Tabs.Panel value="graph" className={classes.view}>
        <GraphTab
          view={view}
          isLive={isLive}
          selected={selected}
          onSelect={onSelect}
          critical={critical}
          onCritical={setCritical}
        />
      </Tabs.Panel>
      <Tabs.Panel value="timeline" className={classes.view}>
        <TimelineTab
          view={view}
          execution={summary.execution}
          search={search}
          onSearch={onSearch}
          selected={selected}
          onSelect={onSelect}
          critical={critical}
        />
      </Tabs.Panel>
      <Tabs.Panel value="nodes" className={classes.view}>
        <NodesTab
          view={view}
          counts={summary.nodes}
          search={search}
          onSearch={onSearch}
          isLive={isLive}
          selected={selected}
          onSelect={onSelect}
        />
      </Tabs.Panel>
      <Tabs.Panel value="events" className={classes.view}>
        <EventsTab
          own={view.root.execution}
          journal={view.feeds.journal}
          end={end}
          selected={selected}
          onSelect={onSelect}
        />
      </Tabs.Panel>
    </Tabs>
  )
}

/** The critical path as it is by now; null: nobody wants to know. */
function useCritical(view: ExecutionView, isOn: boolean): ReadonlySet<string> | null {
  const { inside, feeds, statusOfItem } = view
  const { statuses } = feeds
  const known = useSyncExternalStore(statuses.subscribe, () => (isOn ? statuses.get() : 0))
  return useMemo(
    () => (isOn ? criticalPath(inside, statusOfItem) : null),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `known` says when statuses have changed
    [isOn, inside, statusOfItem, statuses, known],
  )
}
