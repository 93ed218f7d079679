import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { Failed } from '@/components/states/Failed'
import { Loading } from '@/components/states/Loading'
import { CacheTab } from './CacheTab'
import { CodeTab } from './CodeTab'
import { DeckTab } from './DeckTab'
import { ErrorTab } from './ErrorTab'
import { LogsTab } from './LogsTab'
import { MoreTab } from './MoreTab'
import { NODE_TABS, type NodeTab, nodeTab, runsCode, tabFor } from './tabs'
import { type Shown, useNode } from './useNode'
import { ValuesTab } from './ValuesTab'
import classes from './node.module.css'

interface NodePanelProps {
  execution: string
  /** Of the node execution; empty: the execution itself. */
  path: string
  /** None: what is of most interest. */
  tab: NodeTab | undefined
  onTab: (tab: NodeTab) => void
  /** Whose log is shown; none: the newest. */
  attempt: number | undefined
  onAttempt: (attempt: number) => void
  /** A line of that log. */
  line: number | undefined
  onLine: (line: number) => void
  /** The name of the deck that is shown; none: the first. */
  deck: string | undefined
  onDeck: (name: string) => void
}

/** All about a node execution: why it failed, what it printed, took and gave, and how it was run. */
export function NodePanel(props: NodePanelProps) {
  const { execution, path, tab, onTab } = props
  const found = useNode({ execution, path })
  if (found === 'loading') {
    return (
      <div className={classes.scroll}>
        <Loading rows={6} />
      </div>
    )
  }
  if ('error' in found) return <Failed small error={found.error} retry={found.retry} />
  const { shown } = found
  const tabs = NODE_TABS.filter(each => isShown(each, shown, tab))
  const wanted = tab ?? tabFor(shown.phase, shown.kind)
  const current = tabs.includes(wanted) ? wanted : 'error'
  return (
    <Tabs
      className={classes.root}
      value={current}
      onChange={value => {
        const next = nodeTab(value ?? undefined)
        if (next) onTab(next)
      }}
    >
      <div className={classes.tabs}>
        <Tabs.List>
          {tabs.map(each => (
            <Tabs.Tab key={each} value={each}>
              {each === 'error' ? <FirstName of={shown} /> : NAMES[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </div>
      {tabs.map(each => (
        <Tabs.Panel key={each} value={each} className={classes.body}>
          {content(each, shown, props)}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

const NAMES: Record<NodeTab, string> = {
  error: 'Error',
  logs: 'Logs',
  deck: 'Deck',
  inputs: 'Inputs',
  outputs: 'Outputs',
  cache: 'Cache',
  code: 'Code',
  more: 'More',
}

/** The first tab tells of the error if there is one, and how it went otherwise. */
function FirstName({ of }: { of: Shown }) {
  if (of.failure) return <span className={classes.failed}>Error</span>
  return of.attempts.length > 0 ? 'Attempts' : 'State'
}

/** A deck is only where there is one, or where somebody has looked at one. */
function isShown(tab: NodeTab, { kind, decks }: Shown, wanted: NodeTab | undefined): boolean {
  if (tab === 'deck') return decks.length > 0 || (wanted === 'deck' && runsCode(kind))
  return (tab !== 'logs' && tab !== 'cache') || runsCode(kind)
}

function content(tab: NodeTab, shown: Shown, props: NodePanelProps): ReactNode {
  switch (tab) {
    case 'error': {
      const logs = (attempt: number) => {
        props.onAttempt(attempt)
        props.onTab('logs')
      }
      return <ErrorTab of={shown} onLogs={logs} onInputs={() => props.onTab('inputs')} />
    }
    case 'logs':
      return (
        <LogsTab
          key={`${shown.of.execution}:${shown.of.path}`}
          of={shown}
          attempt={props.attempt}
          onAttempt={props.onAttempt}
          line={props.line}
          onLine={props.onLine}
        />
      )
    case 'deck':
      return (
        <DeckTab
          key={`${shown.of.execution}:${shown.of.path}`}
          of={shown}
          attempt={props.attempt}
          onAttempt={props.onAttempt}
          name={props.deck}
          onName={props.onDeck}
        />
      )
    case 'inputs':
    case 'outputs':
      return <ValuesTab of={shown} side={tab} />
    case 'cache':
      return <CacheTab of={shown} />
    case 'code':
      return <CodeTab of={shown} />
    case 'more':
      return <MoreTab of={shown} />
  }
}
