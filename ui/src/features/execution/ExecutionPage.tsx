import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { summary as summaryQuery } from '@/api/executions/queries'
import { opening, type ScopeStatuses } from '@/api/openings/queries'
import type { Summary } from '@/api/schema'
import { Kept, useStore } from '@/api/store'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { Failed } from '@/components/states/Failed'
import { Loading } from '@/components/states/Loading'
import { placeKey, printPlace, type Place } from '@/core/graph/place'
import { hasEnded, phaseOf } from '@/core/phase/phase'
import { shorten } from '@/core/text/shorten'
import { Details } from './Details'
import { ExecutionHeader } from './ExecutionHeader'
import classes from './execution.module.css'
import { PanelBar } from './PanelBar'
import { selectedIn, type ExecutionSearch } from './search'
import { Split } from './Split'
import { useLive } from './useLive'
import { useView } from './useView'
import { Views } from './Views'

/** Whether the panel is there when nothing is selected: `open`, `closed`, or as it suits. */
const panelKept = new Kept('panel')
const wide = new Kept('panel.wide')

/** Milliseconds between looks at how it stands in a tab that nobody sees: its title says it. */
const UNSEEN = 5000

/** An execution: what it is and how far, its nodes in several views with one selection, and the
 * details of what is selected beside them. */
export function ExecutionPage() {
  const { id } = useParams({ from: '/executions/$id' })
  const opened = useQuery(opening(id))
  const isOpened = opened.data !== undefined
  // It comes with the opening, and from then on `useLive` has it read anew.
  const found = useQuery({
    ...summaryQuery(id),
    enabled: isOpened,
    staleTime: Infinity,
    refetchInterval: ({ state }) => state.data?.execution.ended === null && UNSEEN,
    refetchIntervalInBackground: true,
  })
  if (opened.data && found.data) {
    return <Shown key={id} summary={found.data} statuses={opened.data} />
  }
  return <Missing id={id} error={opened.error} retry={() => opened.refetch()} />
}

interface MissingProps {
  id: string
  /** Null: it may come yet. */
  error: unknown
  retry: () => void
}

function Missing({ id, error, retry }: MissingProps) {
  usePlace(crumbs(id))
  return <Page>{error ? <Failed error={error} retry={retry} /> : <Loading />}</Page>
}

function crumbs(id: string) {
  return [{ name: 'Executions', to: '/executions' }, { name: shorten(id, 24) }]
}

/** What is shown of a node does not fit another one. */
const NOTHING_OF_IT = { attempt: undefined, line: undefined, deck: undefined }

const NARROW = '(max-width: 860px)'

interface ShownProps {
  summary: Summary
  /** As they were when it was opened. */
  statuses: ScopeStatuses
}

function Shown({ summary, statuses }: ShownProps) {
  const { execution } = summary
  const { id } = execution
  const search = useSearch({ from: '/executions/$id' })
  const onSearch = useChange()
  const phase = phaseOf(execution.phase)
  usePlace(crumbs(id), phase)
  const selected = selectedIn(search, id)
  const open = [search.open ?? '', (open: string) => onSearch({ open })] as const
  const view = useView(id, selected, open, statuses)
  const isOver = execution.ended !== null && hasEnded(phase)
  const silent = useLive(id, isOver ? null : summary.journal, view.feeds)
  const isNarrow = useMediaQuery(NARROW)
  const kept = useStore(panelKept)
  const isWide = useStore(wide) !== ''
  // What has failed says why by itself, and what waits for somebody asks, until it is closed.
  const isTelling = phase === 'FAILED' || summary.gates.length > 0
  const isOffered = !isNarrow && (kept === 'open' || (kept === '' && isTelling))
  const shown: Place | null = selected ?? (isOffered ? view.root : null)

  const select = (place: Place) => {
    onSearch({ ...NOTHING_OF_IT, node: printPlace(place, id) })
  }
  const close = () => {
    panelKept.set('closed')
    wide.set('')
    onSearch({ ...NOTHING_OF_IT, node: undefined })
  }
  useEscape(selected !== null, () => onSearch({ node: undefined }))

  return (
    <Page full>
      <ExecutionHeader view={view} summary={summary} isLive={!isOver} onSelect={select} />
      <div className={classes.body}>
        <Split
          isWide={isWide}
          panel={
            shown && (
              <>
                <PanelBar
                  view={view}
                  place={shown}
                  execution={execution}
                  isWide={isWide}
                  onWide={isOn => wide.set(isOn ? '1' : '')}
                  onClose={close}
                />
                <Details
                  view={view}
                  place={shown}
                  summary={summary}
                  isLive={!isOver}
                  search={search}
                  onSearch={onSearch}
                />
              </>
            )
          }
        >
          <Views
            view={view}
            summary={summary}
            search={search}
            onSearch={onSearch}
            isLive={!isOver}
            silent={silent}
            selected={selected ? placeKey(selected) : ''}
            onSelect={select}
            onPanel={shown || isNarrow ? null : () => panelKept.set('open')}
          />
        </Split>
      </div>
    </Page>
  )
}

/** Changes the address: what is looked at can be linked to. */
function useChange(): (changes: ExecutionSearch) => void {
  const navigate = useNavigate({ from: '/executions/$id' })
  return changes => {
    const isStep = 'node' in changes || 'view' in changes
    navigate({
      search: before => changed(before, changes),
      replace: !isStep,
      resetScroll: false,
    })
  }
}

/** What is undefined or empty is left out. */
function changed<T extends object>(before: T, changes: ExecutionSearch): T {
  const entries = Object.entries({ ...before, ...changes }).filter(([, text]) => text)
  return Object.fromEntries(entries) as T
}

/** Escape takes the selection back, unless something lies over the page or is being typed. */
function useEscape(isOn: boolean, act: () => void): void {
  useEffect(() => {
    if (!isOn) return
    const down = (event: KeyboardEvent) => {
      const isBusy = (event.target as Element).closest('input, textarea, [role=dialog]') !== null
      if (event.key === 'Escape' && !event.defaultPrevented && !isBusy) act()
    }
    window.addEventListener('keydown', down)
    return () => window.removeEventListener('keydown', down)
  })
}
