import { ActionIcon, Checkbox, Popover, Stack } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { COLUMNS } from './columns'

interface ColumnMenuProps {
  chosen: readonly string[]
  onChange: (names: string[]) => void
}

/** One of each: some have another form where there is little room. */
const CHOICES = COLUMNS.filter(column => column.below === undefined)

/** Which columns are shown. */
export function ColumnMenu({ chosen, onChange }: ColumnMenuProps) {
  const toggle = (id: string) =>
    onChange(
      CHOICES.map(column => column.id).filter(each => chosen.includes(each) !== (each === id)),
    )
  return (
    <Popover position="bottom-end">
      <Popover.Target>
        <ActionIcon size={32} variant="default" aria-label="Columns" title="Columns">
          <IconColumns3 size={16} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          {CHOICES.map(({ id, name }) => (
            <Checkbox
              key={id}
              size="xs"
              label={name}
              checked={chosen.includes(id)}
              disabled={id === 'id'}
              onChange={() => toggle(id)}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
