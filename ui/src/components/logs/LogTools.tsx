import { ActionIcon, Menu, TextInput } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowUp,
  IconClock,
  IconDownload,
  IconFilter,
  IconPlayerTrackNext,
  IconSearch,
  IconTextWrap,
} from '@tabler/icons-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { LEVELS, type Level, type Stream, STREAMS } from '@/core/logs/levels'
import type { Matches } from './useMatches'
import classes from './LogTools.module.css'

export interface LogChoice {
  streams: readonly Stream[]
  /** The least grave level that is shown; none: all lines. */
  level: Level | undefined
  wrap: boolean
  times: boolean
}

interface LogToolsProps {
  choice: LogChoice
  onChoice: (choice: LogChoice) => void
  matches: Matches
  /** Goes to the next match, or the one before. */
  onGo: (step: 1 | -1) => void
  /** None: it does not grow. */
  follow: boolean | undefined
  onFollow: (follow: boolean) => void
  onSave: () => void
}

const STREAM_WORDS: Record<Stream, string> = {
  stdout: 'What is printed',
  stderr: 'Errors (stderr)',
  log: 'Logging',
}

/** What a log is searched, filtered and shown by. */
export function LogTools({
  choice,
  onChoice,
  matches,
  onGo,
  follow,
  onFollow,
  onSave,
}: LogToolsProps) {
  const change = (part: Partial<LogChoice>) => onChoice({ ...choice, ...part })
  const isFiltered = choice.streams.length > 0 || choice.level !== undefined
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    onGo(event.shiftKey ? -1 : 1)
  }
  return (
    <div className={classes.root} role="toolbar" aria-label="Log">
      <TextInput
        className={classes.search}
        size="xs"
        aria-label="Search the log"
        placeholder="Search"
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={matches.searched ? <Count of={matches} /> : null}
        rightSectionWidth={matches.searched ? 76 : 0}
        value={matches.text}
        onChange={event => matches.search(event.currentTarget.value)}
        onKeyDown={keys}
      />
      {matches.searched && (
        <>
          <Tool label="Match before" disabled={matches.total === 0} onClick={() => onGo(-1)}>
            <IconArrowUp size={15} aria-hidden />
          </Tool>
          <Tool label="Next match" disabled={matches.total === 0} onClick={() => onGo(1)}>
            <IconArrowDown size={15} aria-hidden />
          </Tool>
        </>
      )}
      <span className={classes.space} />
      <Menu closeOnItemClick={false} position="bottom-end">
        <Menu.Target>
          <ActionIcon
            aria-label="Filter"
            title={isFiltered ? 'Filtered' : 'Filter'}
            {...(isFiltered && { variant: 'light', color: 'accent' })}
          >
            <IconFilter size={15} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Lines of</Menu.Label>
          {STREAMS.map(stream => (
            <Menu.CheckboxItem
              key={stream}
              checked={choice.streams.length === 0 || choice.streams.includes(stream)}
              onChange={() => change({ streams: toggled(choice.streams, stream) })}
            >
              {STREAM_WORDS[stream]}
            </Menu.CheckboxItem>
          ))}
          <Menu.Divider />
          <Menu.Label>Level</Menu.Label>
          <Menu.RadioGroup
            value={choice.level ?? ''}
            onChange={value => change({ level: LEVELS.find(level => level === value) })}
          >
            <Menu.RadioItem value="">Any, and what has none</Menu.RadioItem>
            {LEVELS.map(level => (
              <Menu.RadioItem key={level} value={level}>
                {level} and above
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Dropdown>
      </Menu>
      <Tool label="Times" on={choice.times} onClick={() => change({ times: !choice.times })}>
        <IconClock size={15} aria-hidden />
      </Tool>
      <Tool label="Wrap lines" on={choice.wrap} onClick={() => change({ wrap: !choice.wrap })}>
        <IconTextWrap size={15} aria-hidden />
      </Tool>
      {follow !== undefined && (
        <Tool label="Follow the end" on={follow} onClick={() => onFollow(!follow)}>
          <IconPlayerTrackNext size={15} className={classes.down} aria-hidden />
        </Tool>
      )}
      <Tool label="Download" onClick={onSave}>
        <IconDownload size={15} aria-hidden />
      </Tool>
    </div>
  )
}

function Count({ of }: { of: Matches }) {
  const total = of.total.toLocaleString('en')
  const told = of.current < 0 ? total : `${(of.current + 1).toLocaleString('en')} / ${total}`
  return (
    <span className={classes.count} role="status">
      {of.isSearching && of.total === 0 ? '…' : told}
    </span>
  )
}

interface ToolProps {
  label: string
  /** It is a switch, and stands so. */
  on?: boolean
  disabled?: boolean
  onClick: () => void
  children: ReactNode
}

function Tool({ label, on, disabled = false, onClick, children }: ToolProps) {
  return (
    <ActionIcon
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
      {...(on !== undefined && { 'aria-pressed': on })}
      {...(on && { variant: 'light', color: 'accent' })}
    >
      {children}
    </ActionIcon>
  )
}

/** The chosen streams with one more or less; all of them are none that is left out. */
function toggled(streams: readonly Stream[], stream: Stream): readonly Stream[] {
  const before = streams.length === 0 ? STREAMS : streams
  const after = STREAMS.filter(each => before.includes(each) !== (each === stream))
  return after.length === STREAMS.length ? [] : after
}
