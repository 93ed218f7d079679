import { Button } from '@mantine/core'
import { IconFilterOff } from '@tabler/icons-react'
import { FirstSteps } from '@/components/executions/FirstSteps'
import { Empty } from '@/components/states/Empty'

interface NoExecutionsProps {
  isFiltered: boolean
  onClear: () => void
}

/** Nothing is listed: there is nothing yet, or the filter finds nothing. */
export function NoExecutions({ isFiltered, onClear }: NoExecutionsProps) {
  if (!isFiltered) return <FirstSteps />
  return (
    <Empty
      title="No execution is like that"
      icon={<IconFilterOff />}
      actions={<Button onClick={onClear}>Show all</Button>}
    >
      Take something out of the filter, or look in another project.
    </Empty>
  )
}
