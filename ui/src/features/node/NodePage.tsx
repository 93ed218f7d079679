import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { summary } from '@/api/executions/queries'
import { nodeOpening } from '@/api/openings/queries'
import { NodePanel } from '@/components/node/NodePanel'
import { nodeTab, numberIn } from '@/components/node/tabs'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Copy, Name } from '@/components/name/Name'
import { parsePlace } from '@/core/graph/place'
import { phaseOf } from '@/core/phase/phase'
import { shorten } from '@/core/text/shorten'
import classes from './NodePage.module.css'

/** Milliseconds between looks at an execution, until it has ended. */
const PERIOD = 1000

/** What is undefined goes from the address. */
type Changes = Partial<Record<'tab' | 'attempt' | 'line' | 'deck', string | undefined>>

/** A node execution as a page of its own: the panel with all the room. */
export function NodePage() {
  const { id } = useParams({ from: '/executions/$id/node' })
  const search = useSearch({ from: '/executions/$id/node' })
  const navigate = useNavigate({ from: '/executions/$id/node' })
  const place = parsePlace(search.node ?? '', id)
  const whole = useQuery({
    ...summary(place.execution),
    enabled: place.path === '',
    refetchInterval: ({ state }) => (state.data?.execution.ended == null ? PERIOD : false),
  })
  const opened = useQuery(nodeOpening(place))
  const node = opened.data?.node
  const shown = place.path ? node : whole.data?.execution
  const phase = shown && phaseOf(shown.phase)
  const entity = node?.entity ?? ''
  const path = place.path || place.execution
  const name = entity || path
  usePlace(
    [
      { name: 'Executions', to: '/executions' },
      { name: shorten(id, 24), to: `/executions/${encodeURIComponent(id)}` },
      { name: shorten(name, 32) },
    ],
    phase,
  )
  const change = (changes: Changes) =>
    navigate({ search: before => ({ ...before, ...changes }) as typeof before, replace: true })
  return (
    <Page
      full
      title={entity ? <Name of={entity} kept={16} /> : <Copy of={path} mono kept={16} />}
      beside={
        <span className={classes.beside}>
          {entity && <Copy of={path} mono kept={16} />}
          {phase && <PhaseMark phase={phase} word live />}
        </span>
      }
    >
      <div className={classes.panel}>
        <h2 className="unseen">Details</h2>
        <NodePanel
          execution={place.execution}
          path={place.path}
          tab={nodeTab(search.tab)}
          onTab={tab => change({ tab })}
          attempt={numberIn(search.attempt)}
          onAttempt={attempt => change({ attempt: String(attempt), line: undefined })}
          line={numberIn(search.line)}
          onLine={line => change({ line: String(line) })}
          deck={search.deck}
          onDeck={deck => change({ deck })}
        />
      </div>
    </Page>
  )
}
