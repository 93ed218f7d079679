import '@mantine/dates/styles.layer.css'
import { ActionIcon, Popover, Select, TextInput } from '@mantine/core'
import { DatePicker } from '@mantine/dates'
import { IconCalendar } from '@tabler/icons-react'
import { useState } from 'react'
import { text, UNSET } from '@/core/form/draft'
import { joinDatetime, splitDatetime, zoneNames } from '@/core/form/moments'
import type { PrimitiveType } from '@/core/form/types'
import { type EditorProps, labelOf, wrong } from './editor'
import { textOf } from './ScalarField'
import { useSurroundings } from './surroundings'
import classes from './form.module.css'

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone

/** A date, or a datetime with its zone: typed, or from the calendar. */
export function MomentField({ kind, draft, path, onChange, told }: EditorProps<PrimitiveType>) {
  const { disabled } = useSurroundings()
  const isDate = kind.name === 'date'
  const written = textOf(draft)
  const parts = isDate ? null : splitDatetime(written)
  const change = (typed: string) => onChange(typed ? text(typed) : UNSET)
  const pick = (day: string | null) => {
    if (!day) return
    change(isDate ? day : joinDatetime(`${day}T${clockOf(parts?.local)}`, parts?.zone ?? HERE))
  }
  return (
    <div className={classes.moment}>
      <TextInput
        size="xs"
        aria-label={labelOf(path)}
        value={written}
        disabled={disabled}
        placeholder={isDate ? '2024-05-01 or today' : '2024-05-01T09:00+02:00 or now'}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.value }}
        {...wrong(told)}
        rightSection={<Calendar day={dayOf(isDate ? written : parts?.local)} onPick={pick} />}
        onChange={event => change(event.currentTarget.value)}
      />
      {parts && (
        <Zone
          of={parts.zone}
          label={labelOf(path)}
          disabled={disabled}
          onChange={zone => change(joinDatetime(parts.local, zone))}
        />
      )}
    </div>
  )
}

function Calendar({ day, onPick }: { day: string | null; onPick: (day: string | null) => void }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus>
      <Popover.Target>
        <ActionIcon
          size={24}
          aria-label="Calendar"
          title="Calendar"
          onClick={() => setOpen(!isOpen)}
        >
          <IconCalendar size={15} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <DatePicker
          value={day}
          {...(day && { defaultDate: day })}
          size="xs"
          onChange={picked => {
            onPick(picked)
            setOpen(false)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

interface ZoneProps {
  of: string
  label: string
  disabled: boolean
  onChange: (zone: string) => void
}

const NO_ZONE = { value: '', label: 'without a zone' }

function Zone({ of, label, disabled, onChange }: ZoneProps) {
  const names = zoneNames()
  const known = of && !names.includes(of) ? [of] : []
  return (
    <Select
      size="xs"
      aria-label={`time zone of ${label}`}
      disabled={disabled}
      searchable
      allowDeselect={false}
      limit={60}
      data={[NO_ZONE, ...[...known, ...names].map(each => ({ value: each, label: each }))]}
      value={of}
      onChange={zone => onChange(zone ?? '')}
    />
  )
}

/** The day that the calendar opens at. */
function dayOf(written: string | undefined): string | null {
  return /^\d{4}-\d{2}-\d{2}/.exec(written ?? '')?.[0] ?? null
}

function clockOf(local: string | undefined): string {
  return local?.split('T')[1] ?? '00:00'
}
