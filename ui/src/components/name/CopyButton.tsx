import { ActionIcon } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useCopy } from './copy'

/** Copies text. `what` it is, for people. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const copy = useCopy()
  return (
    <ActionIcon
      size={22}
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
      onClick={event => copy(text, event)}
    >
      <IconCopy size={14} aria-hidden />
    </ActionIcon>
  )
}
