import { ActionIcon, Popover, Select } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { useState } from 'react'
import { useZone, zone } from '@/components/time/zone'

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone

const ZONES = [
  { value: '', label: `This browser (${HERE})` },
  ...['UTC', ...Intl.supportedValuesOf('timeZone').filter(name => name !== 'UTC')].map(value => ({
    value,
    label: value,
  })),
]

/** The time zone of all times on screen. */
export function ZoneSwitch() {
  const chosen = useZone()
  const [isOpen, setOpen] = useState(false)
  const told = `Time zone: ${chosen || HERE}`
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus>
      <Popover.Target>
        <ActionIcon aria-label={told} title={told} onClick={() => setOpen(!isOpen)}>
          <IconClock size={17} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Select
          w={260}
          label="Time zone of all times"
          searchable
          data={ZONES}
          limit={60}
          value={chosen}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          onChange={value => {
            zone.set(value ?? '')
            setOpen(false)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
