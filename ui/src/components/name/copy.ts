import { notifications } from '@mantine/notifications'
import type { SyntheticEvent } from 'react'
import { shorten } from '@/core/text/shorten'

/** Copies text, and says so. */
export function useCopy(): (text: string, event?: SyntheticEvent) => void {
  return copy
}

function copy(text: string, event?: SyntheticEvent): void {
  event?.stopPropagation()
  event?.preventDefault()
  write(text).then(
    () => notifications.show({ message: `Copied ${shorten(text, 48)}`, autoClose: 1500 }),
    () => notifications.show({ message: 'This browser does not let the page copy', color: 'red' }),
  )
}

async function write(text: string): Promise<void> {
  // Only pages that came by https or from this machine have the newer way.
  if ('clipboard' in navigator) {
    await navigator.clipboard.writeText(text)
    return
  }
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way then
  const isDone = document.execCommand('copy')
  area.remove()
  if (!isDone) throw new Error('not copied')
}
