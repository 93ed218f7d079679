import { Button } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { useEffect } from 'react'
import classes from './Fresh.module.css'

interface FreshProps {
  /** Rows that have come. */
  count: number
  /** Somebody looks at the beginning, and has chosen nothing: nothing moves under who reads. */
  isOpen: boolean
  /** Puts them on top. */
  onTake: () => void
}

/** What has come in a list: who looks at its beginning sees it at once; others are told how much it
 * is. It stands over the list.
 */
export function Fresh({ count, isOpen, onTake }: FreshProps) {
  useEffect(() => {
    if (isOpen && count > 0) onTake()
  }, [isOpen, count, onTake])
  if (isOpen || count === 0) return null
  return (
    <Button
      className={classes.root}
      variant="filled"
      radius="xl"
      leftSection={<IconArrowUp size={14} aria-hidden />}
      onClick={onTake}
    >
      {count} new
    </Button>
  )
}
