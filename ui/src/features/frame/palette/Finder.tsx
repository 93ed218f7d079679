import { IconCornerDownLeft, IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { Entry, Group } from './entries'
import classes from './palette.module.css'

interface FinderProps {
  query: string
  groups: readonly Group[]
  /** More may be found. */
  isBusy: boolean
  onQuery: (query: string) => void
  onTake: (entry: Entry) => void
}

/** A line to write in, and what fits it: one of them is what Enter takes. */
export function Finder({ query, groups, isBusy, onQuery, onTake }: FinderProps) {
  const list = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState('') // by its id: what arrives later moves it not
  const entries = groups.flatMap(group => group.entries)
  const at = Math.max(
    0,
    entries.findIndex(each => each.id === chosen),
  )
  const current = entries[at]
  useEffect(() => {
    scroller.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [at, query])

  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setChosen(entries[(at + step + entries.length) % entries.length]?.id ?? '')
    } else if (event.key === 'Enter' && current && !event.nativeEvent.isComposing) {
      event.preventDefault()
      onTake(current)
    }
  }
  return (
    <>
      <label className={classes.line}>
        <IconSearch size={16} aria-hidden />
        <input
          role="combobox"
          aria-label="Search"
          aria-expanded
          aria-controls={list}
          aria-activedescendant={current && `${list} ${current.id}`.replaceAll(' ', '-')}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          placeholder="A page, an execution, a workflow; launch, abort, copy …"
          value={query}
          onChange={event => {
            setChosen('')
            onQuery(event.currentTarget.value)
          }}
          onKeyDown={press}
        />
      </label>
      <div ref={scroller} id={list} className={classes.list} role="listbox" aria-label="Found">
        {groups.map(({ title, entries }) => (
          <div key={title} role="group" aria-label={title} className={classes.group}>
            <div className={classes.title} aria-hidden>
              {title}
            </div>
            {entries.map(entry => (
              <Line
                key={entry.id}
                id={`${list} ${entry.id}`.replaceAll(' ', '-')}
                of={entry}
                isCurrent={entry === current}
                onTake={onTake}
              />
            ))}
          </div>
        ))}
      </div>
      {entries.length === 0 && (
        <p className={classes.none}>{isBusy ? 'Searching …' : 'Nothing is called that'}</p>
      )}
    </>
  )
}

interface LineProps {
  id: string
  of: Entry
  isCurrent: boolean
  onTake: (entry: Entry) => void
}

function Line({ id, of, isCurrent, onTake }: LineProps) {
  return (
    // Keys are heard by the line that is written in, which keeps the focus.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="option"
      aria-selected={isCurrent}
      className={classes.entry}
      onMouseDown={event => event.preventDefault()}
      onClick={() => onTake(of)}
    >
      {of.icon}
      <span className={classes.label}>{of.label}</span>
      {of.hint && <span className={classes.hint}>{of.hint}</span>}
      <IconCornerDownLeft className={classes.enter} size={14} aria-hidden />
    </div>
  )
}
