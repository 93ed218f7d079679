import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowsDiagonal, IconArrowsDiagonalMinimize2, IconExternalLink, IconX } from '@tabler/icons-react' // prettier-ignore
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { nodeOpening } from '@/api/openings/queries'
import type { Execution } from '@/api/schema'
import { useStatus } from '@/components/graph/status'
import { Copy, Name } from '@/components/name/Name'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { lastOf, placeKey, printPlace, scopeOf, type Place } from '@/core/graph/place'
import { hasEnded, phaseOf } from '@/core/phase/phase'
import classes from './execution.module.css'
import type { ExecutionView } from './useView'

interface PanelBarProps {
  view: ExecutionView
  place: Place
  execution: Execution
  isWide: boolean
  onWide: (isWide: boolean) => void
  onClose: () => void
}

/** What the panel is about, and how much room it has. */
export function PanelBar({ view, place, execution, isWide, onWide, onClose }: PanelBarProps) {
  const own = view.root.execution
  const status = useStatus(view.feeds.statuses, place)
  const isWhole = place.path === ''
  // An element that is carried out with others has no status of its own.
  const isElement = lastOf(place.path).startsWith('[')
  const opened = useQuery({ ...nodeOpening(place), enabled: isElement, refetchInterval: false })
  const known = status?.phase ?? opened.data?.node.phase
  const mark = status?.lost ? 'LOST' : known
  const phase = isWhole && place.execution === own ? execution.phase : mark
  const name = isWhole ? place.execution : nameOf(view, place)
  return (
    <header className={classes.bar}>
      {phase && <PhaseMark phase={phaseOf(phase)} live={!hasEnded(phaseOf(phase))} size={15} />}
      <h2 className={classes.barName}>
        <Name of={name} mono={isWhole} />
      </h2>
      <span className={classes.barPath}>
        {isWhole ? 'the execution' : <Copy of={place.path} mono />}
      </span>
      {place.execution !== own && (
        <Link className={classes.barLink} to="/executions/$id" params={{ id: place.execution }}>
          in {place.execution}
        </Link>
      )}
      <span className={classes.barTools}>
        <Tooltip label={isWide ? 'Beside the graph' : 'All the room'}>
          <ActionIcon
            aria-label={isWide ? 'Beside the graph' : 'All the room'}
            onClick={() => onWide(!isWide)}
            visibleFrom="sm"
          >
            {isWide ? (
              <IconArrowsDiagonalMinimize2 size={15} aria-hidden />
            ) : (
              <IconArrowsDiagonal size={15} aria-hidden />
            )}
          </ActionIcon>
        </Tooltip>
        <Tooltip label="On a page of its own">
          <ActionIcon
            aria-label="On a page of its own"
            renderRoot={props => (
              <Link
                {...props}
                to="/executions/$id/node"
                params={{ id: place.execution }}
                search={before => ({
                  ...before,
                  node: printPlace(place, place.execution) || undefined,
                })}
              />
            )}
          >
            <IconExternalLink size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <ActionIcon aria-label="Close the details" onClick={onClose}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </span>
    </header>
  )
}

/** Its name; of elements that of their map with which they are. */
function nameOf(view: ExecutionView, place: Place): string {
  const last = lastOf(place.path)
  const name = view.nameOf(placeKey(place))
  if (name) return name
  return last.startsWith('[') ? nameOf(view, { ...place, path: scopeOf(place.path) }) + last : last
}
