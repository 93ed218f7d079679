import { Button } from '@mantine/core'
import type { UseInfiniteQueryResult, InfiniteData } from '@tanstack/react-query'
import type { Parts } from '@/api/schema'

/** Brings more parts of a value, if there are more. */
export function More({ of }: { of: UseInfiniteQueryResult<InfiniteData<Parts>> }) {
  if (!of.hasNextPage) return null
  const pages = of.data?.pages ?? []
  const shown = pages.reduce((sum, page) => sum + page.parts.length, 0)
  const left = (pages[0]?.length ?? 0) - shown
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      loading={of.isFetchingNextPage}
      onClick={() => of.fetchNextPage()}
    >
      {Math.min(left, 100)} more of {left.toLocaleString('en')}
    </Button>
  )
}
