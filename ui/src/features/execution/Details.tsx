import { useSyncExternalStore } from 'react'
import type { Summary } from '@/api/schema'
import { Gates } from '@/components/act/Gates'
import { NodePanel } from '@/components/node/NodePanel'
import { nodeTab, numberIn } from '@/components/node/tabs'
import { Empty } from '@/components/states/Empty'
import { placeKey, scopeOf, type Place } from '@/core/graph/place'
import classes from './execution.module.css'
import type { ExecutionSearch } from './search'
import type { ExecutionView } from './useView'

interface DetailsProps {
  view: ExecutionView
  place: Place
  summary: Summary
  isLive: boolean
  search: ExecutionSearch
  onSearch: (changes: ExecutionSearch) => void
}

/** All about what is selected. */
export function Details({ view, place, summary, isLive, search, onSearch }: DetailsProps) {
  const isThere = useHasBegun(view, place)
  if (!isThere) {
    return isLive ? (
      <Empty small title="It has not begun">
        It waits for what comes before it.
      </Empty>
    ) : (
      <Empty small title="It did not run">
        The execution took another way, or ended before.
      </Empty>
    )
  }
  return (
    <div className={classes.panel}>
      {isAsking(place, summary) && (
        <div className={classes.gates}>
          <Gates
            execution={place.execution}
            project={summary.execution.entity.project}
            path={place.path || undefined}
          />
        </div>
      )}
      <NodePanel
        execution={place.execution}
        path={place.path}
        tab={nodeTab(search.tab)}
        onTab={tab => onSearch({ tab })}
        attempt={numberIn(search.attempt)}
        onAttempt={attempt => onSearch({ attempt: String(attempt) })}
        line={numberIn(search.line)}
        onLine={line => onSearch({ line: String(line) })}
        deck={search.deck}
        onDeck={deck => onSearch({ deck })}
      />
    </div>
  )
}

/** Whether it is a gate that waits for somebody, or the execution while one does. */
function isAsking({ execution, path }: Place, { execution: own, gates }: Summary): boolean {
  if (execution !== own.id) return false
  return path === '' ? gates.length > 0 : gates.includes(path)
}

/** Whether there is anything to tell: a node that is known to be and has no status has not begun. */
function useHasBegun(view: ExecutionView, { execution, path }: Place): boolean {
  const { statuses } = view.feeds
  const scope = placeKey({ execution, path: scopeOf(path) })
  return useSyncExternalStore(statuses.subscribe, () => {
    const known = path === '' ? undefined : statuses.items(scope)
    return (
      known === undefined || known.has(path) || view.nameOf(placeKey({ execution, path })) === ''
    )
  })
}
