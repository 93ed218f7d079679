import { ActionIcon, Button, Select } from '@mantine/core'
import { IconDownload, IconMaximize, IconScript } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { save } from '@/api/node/content'
import { deckHtml, decks, deckUrl } from '@/api/node/decks'
import type { Deck } from '@/api/schema'
import { Loaded } from '@/components/states/Loaded'
import { State } from '@/components/states/State'
import { decksOf, hasScripts } from '@/core/decks/document'
import { visible } from '@/core/text/visible'
import { AttemptButtons } from './AttemptButtons'
import { DeckFrame, ScriptedDeckFrame } from './DeckFrame'
import type { Shown } from './useNode'
import deckClasses from './deck.module.css'
import classes from './node.module.css'

/** So many names of decks stand side by side. */
const BESIDE = 6

interface DeckTabProps {
  of: Shown
  attempt: number | undefined
  onAttempt: (attempt: number) => void
  /** Of the deck; none: the first one. */
  name: string | undefined
  onName: (name: string) => void
}

/** What a task shows of its work: one of its decks, of one of its attempts. */
export function DeckTab({ of, attempt, onAttempt, name, onName }: DeckTabProps) {
  const [scripted, setScripted] = useState<string>()
  const paper = useRef<HTMLDivElement>(null)
  const last = of.attempts.at(-1)
  const shown = of.attempts.find(each => each.number === attempt) ?? last
  const older = useQuery(decks(of.code, shown && shown !== last ? shown.number : 0))
  const all = shown === last ? of.decks : (older.data ?? [])
  const there = decksOf(all, of.of.path, of.code.path)
  const deck = there.find(each => each.name === name) ?? there[0]
  if (!shown) return <Nothing />
  const key = `${shown.number}:${deck?.name ?? ''}`
  return (
    <>
      {of.attempts.length > 1 && (
        <div className={classes.bar} role="toolbar" aria-label="Attempts">
          <AttemptButtons attempts={of.attempts} shown={shown} onChoose={onAttempt} />
        </div>
      )}
      {deck ? (
        <>
          <div className={classes.bar} role="toolbar" aria-label="Decks">
            <Names of={there} shown={deck} onChoose={onName} />
            <Tools
              of={of}
              attempt={shown.number}
              deck={deck}
              runs={scripted === key}
              onRun={runs => setScripted(runs ? key : undefined)}
              onWhole={() => void paper.current?.requestFullscreen()}
            />
          </div>
          <div ref={paper} className={deckClasses.paper}>
            <Paper key={key} of={of} attempt={shown.number} deck={deck} runs={scripted === key} />
          </div>
        </>
      ) : (
        <Nothing />
      )}
    </>
  )
}

function Nothing() {
  return (
    <State small title="No deck">
      What a task shows with <code className="mono">Deck(...)</code> is here as soon as it is
      published, or its attempt ends.
    </State>
  )
}

interface NamesProps {
  of: readonly Deck[]
  shown: Deck
  onChoose: (name: string) => void
}

/** The decks by name: side by side, or where they are many in a list to search in. */
function Names({ of, shown, onChoose }: NamesProps) {
  if (of.length > BESIDE) {
    return (
      <Select
        className={deckClasses.search}
        size="xs"
        aria-label="Deck"
        searchable
        allowDeselect={false}
        data={of.map(each => ({ value: each.name, label: visible(each.name) }))}
        value={shown.name}
        onChange={name => name !== null && onChoose(name)}
      />
    )
  }
  return (
    <div className={deckClasses.names}>
      {of.map(each => (
        <Button
          key={each.name}
          size="compact-xs"
          variant={each === shown ? 'light' : 'subtle'}
          color={each === shown ? 'accent' : 'gray'}
          aria-pressed={each === shown}
          onClick={() => onChoose(each.name)}
        >
          {visible(each.name)}
        </Button>
      ))}
    </div>
  )
}

interface PaperProps {
  of: Shown
  attempt: number
  deck: Deck
  runs: boolean
}

/** The deck itself. */
function Paper({ of, attempt, deck, runs }: PaperProps) {
  const found = useQuery(deckHtml(of.code, attempt, deck))
  return (
    <Loaded of={found} small>
      {html =>
        runs ? (
          <ScriptedDeckFrame key={deck.written} title={visible(deck.name)} html={html} />
        ) : (
          <DeckFrame title={visible(deck.name)} html={html} />
        )
      }
    </Loaded>
  )
}

interface ToolsProps extends PaperProps {
  onRun: (isOn: boolean) => void
  /** Give the deck all of the screen. */
  onWhole: () => void
}

/** What can be done with a deck. */
function Tools({ of, attempt, deck, runs, onRun, onWhole }: ToolsProps) {
  const found = useQuery(deckHtml(of.code, attempt, deck))
  const url = deckUrl(of.code, attempt, deck.name)
  return (
    <>
      {found.data !== undefined && hasScripts(found.data) && (
        <ActionIcon
          aria-label="Run its scripts"
          title="Run its scripts, shut off from everything else"
          aria-pressed={runs}
          {...(runs && { variant: 'light', color: 'accent' })}
          onClick={() => onRun(!runs)}
        >
          <IconScript size={15} aria-hidden />
        </ActionIcon>
      )}
      {document.fullscreenEnabled && (
        <ActionIcon aria-label="All of the screen" title="All of the screen" onClick={onWhole}>
          <IconMaximize size={15} aria-hidden />
        </ActionIcon>
      )}
      <ActionIcon
        aria-label="Download"
        title="Download"
        onClick={() => void save(url, `${visible(deck.name).replaceAll('/', '-')}.html`)}
      >
        <IconDownload size={15} aria-hidden />
      </ActionIcon>
    </>
  )
}
