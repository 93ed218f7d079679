import { ActionIcon, Textarea, TextInput } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { stepped } from '@/core/form/constraints'
import { readDuration, writeDuration } from '@/core/form/durations'
import { type Draft, text, UNSET } from '@/core/form/draft'
import type { PrimitiveName, PrimitiveType } from '@/core/form/types'
import { type EditorProps, labelOf, wrong } from './editor'
import { Steps } from './Steps'
import { useConstraints, useSurroundings } from './surroundings'
import classes from './form.module.css'

const EXAMPLES: Partial<Record<PrimitiveName, string>> = {
  int: '3',
  float: '0.5',
  bytes: 'base64, such as AAEC',
  time: '09:30:00',
  duration: '1h30m',
  decimal: '1.10',
  complex: '1+2j',
  uuid: '1b4e28ba-2fa1-11d2-883f-0016d3cca427',
  path: 'data/sales.csv',
}

/** Texts may have lines and may be empty; what is cleared of other scalars is not given. */
const LINES = new Set<PrimitiveName>(['str', 'bytes'])
const MAY_BE_EMPTY = new Set<PrimitiveName>(['str', 'path', 'bytes'])

const NUMBERS = new Set<PrimitiveName>(['int', 'float', 'decimal'])
const BY_KEY: Readonly<Record<string, 1 | -1>> = { ArrowUp: 1, ArrowDown: -1 }

/** Numbers, texts, and scalars that people write as text. */
export function ScalarField({ kind, draft, path, onChange, told }: EditorProps<PrimitiveType>) {
  const { disabled } = useSurroundings()
  const constraints = useConstraints(path)
  const { name } = kind
  const value = textOf(draft)
  const change = (typed: string) => onChange(typed || MAY_BE_EMPTY.has(name) ? text(typed) : UNSET)
  const shared = {
    'aria-label': labelOf(path),
    value,
    disabled,
    placeholder: draft.is === 'text' ? 'empty' : (EXAMPLES[name] ?? ''),
    spellCheck: false,
    autoComplete: 'off',
    ...wrong(told),
  }
  if (LINES.has(name)) {
    return (
      <Textarea
        size="xs"
        {...shared}
        autosize
        maxRows={12}
        classNames={{ input: name === 'str' ? classes.text : classes.value }}
        onChange={event => change(event.currentTarget.value)}
      />
    )
  }
  return (
    <TextInput
      size="xs"
      {...shared}
      classNames={{ input: classes.value }}
      {...(name === 'int' && { inputMode: 'numeric' })}
      {...(name === 'float' && { inputMode: 'decimal' })}
      rightSection={
        NUMBERS.has(name) ? (
          !disabled && <Steps value={value} constraints={constraints} onStep={change} />
        ) : (
          <Beside name={name} value={value} onChange={change} />
        )
      }
      rightSectionWidth={name === 'duration' ? 96 : 32}
      onChange={event => change(event.currentTarget.value)}
      onKeyDown={event => {
        const by = BY_KEY[event.key]
        if (!by || !NUMBERS.has(name)) return
        event.preventDefault()
        const next = stepped(value, by, constraints)
        if (next !== null) change(next)
      }}
    />
  )
}

export function textOf(draft: Draft): string {
  return draft.is === 'text' ? draft.text : ''
}

interface BesideProps {
  name: PrimitiveName
  value: string
  onChange: (typed: string) => void
}

function Beside({ name, value, onChange }: BesideProps) {
  if (name === 'uuid') {
    return (
      <ActionIcon
        size={24}
        aria-label="Make a new UUID"
        title="Make a new UUID"
        onClick={() => onChange(crypto.randomUUID())}
      >
        <IconRefresh size={14} aria-hidden />
      </ActionIcon>
    )
  }
  const found = name === 'duration' ? readDuration(value) : null
  return found === null ? null : <span className={classes.beside}>{writeDuration(found)}</span>
}
