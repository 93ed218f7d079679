import { CloseButton, Combobox, type ComboboxStore, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconFilter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { usePlaceFilter } from '@/components/page/place'
import { type Term, term, termAt } from '@/core/filter/line'
import classes from './FilterLine.module.css'
import { type Suggest, type Suggestion, suggested } from './suggest'

/** Milliseconds without a key after which the server is asked. */
const PAUSE = 150

interface FilterLineProps {
  /** The line that is in effect. */
  value: string
  /** Told when somebody presses Enter, takes a suggestion or leaves. */
  onChange: (line: string) => void
  suggest: Suggest
  placeholder: string
  /** What of the line makes no sense. */
  problems?: readonly string[]
}

/** A line that says which rows of a list are wanted, with suggestions for what is being written. */
export function FilterLine({
  value,
  onChange,
  suggest,
  placeholder,
  problems = [],
}: FilterLineProps) {
  const input = useRef<HTMLInputElement>(null)
  const [line, setLine] = useState(value)
  const [caret, setCaret] = useState(value.length)
  const [known, setKnown] = useState(value)
  const [told, setTold] = useState(value)
  if (value !== known) {
    setKnown(value)
    setTold(value)
    // Another line from outside (a link, a saved view) begins anew. One that was told from here comes
    // back a moment later, while somebody types on.
    if (value !== told) setLine(value)
  }
  const tell = (text: string) => {
    setTold(text)
    if (text !== told) onChange(text)
  }
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const current = termAt(line, caret)
  const options = suggested(suggest.keys, current, useValues(suggest, current, combobox))
  const isTyping = line.slice(current.start, current.end) !== ''

  const put = ({ text, goesOn }: Suggestion) => {
    const written = goesOn && !current.key ? text : term(current.key, text)
    const before = line.slice(0, current.start) + written + (goesOn ? '' : ' ')
    const next = before + line.slice(current.end).trimStart()
    flushSync(() => setLine(next)) // the next key comes behind it
    input.current?.setSelectionRange(before.length, before.length)
    setCaret(before.length)
    combobox.resetSelectedOption()
    if (!goesOn) tell(next.trim())
  }
  const press = (event: KeyboardEvent) => {
    const at = combobox.getSelectedOptionIndex()
    const chosen = options[Math.max(at, 0)]
    if (event.key === 'Tab' && !event.shiftKey) {
      // Whoever only passes through is let through.
      if (!combobox.dropdownOpened || !chosen || (at < 0 && !isTyping)) return
      event.preventDefault()
      put(chosen)
    } else if (event.key === 'Enter' && at < 0) {
      combobox.closeDropdown()
      tell(line.trim())
    }
  }

  return (
    <Combobox
      store={combobox}
      onOptionSubmit={text => {
        const chosen = options.find(option => option.text === text)
        if (chosen) put(chosen)
      }}
    >
      <Combobox.Target>
        <TextInput
          ref={input}
          className={classes.root}
          classNames={{ input: classes.input }}
          aria-label="Filter"
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          value={line}
          error={problems.join('; ') || undefined}
          leftSection={<IconFilter size={15} aria-hidden />}
          rightSection={
            line && (
              <CloseButton
                size="sm"
                aria-label="Clear the filter"
                onClick={() => {
                  setLine('')
                  tell('')
                }}
              />
            )
          }
          onChange={event => {
            setLine(event.currentTarget.value)
            setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length)
            combobox.openDropdown()
          }}
          onSelect={event => setCaret(event.currentTarget.selectionStart ?? 0)}
          onFocus={() => combobox.openDropdown()}
          onClick={() => combobox.openDropdown()}
          onBlur={() => {
            combobox.closeDropdown()
            tell(line.trim())
          }}
          onKeyDown={press}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={options.length === 0}>
        <Combobox.Options className={classes.options} aria-label="Suggestions">
          {options.map(({ text, hint }) => (
            <Combobox.Option key={text} value={text} className={classes.option}>
              <span className="mono">{text}</span>
              <span className={classes.hint}>{hint}</span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

/** Values of the key that is being written, once nobody has typed for a moment. */
function useValues(suggest: Suggest, { key, value }: Term, { dropdownOpened }: ComboboxStore) {
  const place = usePlaceFilter()
  const [asked] = useDebouncedValue(`${key}:${value}`, PAUSE)
  const [askedKey = '', prefix = ''] = asked.split(/:(.*)/s)
  const { data = [] } = useQuery({
    queryKey: ['suggestions', suggest.name, place, askedKey, prefix],
    queryFn: ({ signal }) => suggest.values(askedKey, { prefix, place, signal }),
    enabled: dropdownOpened,
    staleTime: 30_000,
    retry: false,
    // What was there stays while more is written: somebody may be about to take it.
    placeholderData: (before, query) => (query?.queryKey[3] === askedKey ? before : undefined),
  })
  return askedKey === key ? data : []
}
