import { Button, SegmentedControl } from '@mantine/core'
import { IconChevronLeft, IconChevronsRight } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'

const route = getRouteApi('/fleet')

/** How many executions can stand side by side. */
export const RUN_COUNTS = [40, 20, 100] as const

interface AgesProps {
  limit: number
  /** Where older ones begin; null: there are none. */
  next: string | null
}

/** How many executions are shown, and which: older ones or the newest. */
export function Ages({ limit, next }: AgesProps) {
  const { before } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <>
      <Button
        leftSection={<IconChevronLeft size={14} aria-hidden />}
        disabled={!next}
        onClick={() => navigate({ search: old => ({ ...old, before: next ?? '' }) })}
      >
        Older
      </Button>
      <Button
        rightSection={<IconChevronsRight size={14} aria-hidden />}
        disabled={!before}
        onClick={() => navigate({ search: old => ({ ...old, before: '' }) })}
      >
        Newest
      </Button>
      <SegmentedControl
        size="xs"
        aria-label="Executions side by side"
        data={RUN_COUNTS.toSorted((a, b) => a - b).map(String)}
        value={String(limit)}
        onChange={runs =>
          navigate({ search: old => ({ ...old, runs, before: '' }), replace: true })
        }
      />
    </>
  )
}
