import { Button } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { comparison } from '@/api/compare/queries'
import { useOffer } from '@/components/page/commands'
import { Page } from '@/components/page/Page'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import { hasEnded, phaseOf } from '@/core/phase/phase'
import classes from './compare.module.css'
import { Differences } from './Differences'
import { Sides } from './Sides'
import { Spec } from './Spec'
import { Timings } from './Timings'
import { ValuePairs } from './ValuePairs'

const PERIOD = 2000

const route = getRouteApi('/compare')

interface ComparedProps {
  left: string
  right: string
  scope: string
}

/** What is different between two executions: what tells most on top, then all of it. */
export function Compared({ left, right, scope }: ComparedProps) {
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({
    ...comparison(left, right, scope),
    refetchInterval: ({ state: { data } }) => {
      const [page] = data?.pages ?? []
      const sides = page ? [page.left, page.right] : []
      return sides.some(side => !hasEnded(phaseOf(side.phase))) ? PERIOD : false
    },
  })
  const swap = () =>
    navigate({ search: old => ({ ...old, left: right, right: left }), replace: true })
  useOffer([{ name: 'Swap sides', run: swap }])

  return (
    <Page
      title="Compare"
      actions={
        <Button leftSection={<IconArrowsExchange size={14} aria-hidden />} onClick={swap}>
          Swap sides
        </Button>
      }
    >
      <Loaded of={query} loading={<Loading rows={10} />}>
        {({ pages }) => {
          const [whole] = pages
          if (!whole) return null
          const nodes = pages.flatMap(page => page.nodes)
          return (
            <div className={classes.root}>
              <Sides left={whole.left} right={whole.right} />
              <Differences of={whole.differences} />
              <ValuePairs
                title="Inputs"
                pairs={whole.inputs}
                left={whole.left.id}
                right={whole.right.id}
              />
              <Timings
                nodes={nodes}
                left={whole.left}
                right={whole.right}
                scope={scope}
                onMore={query.hasNextPage ? query.fetchNextPage : undefined}
              />
              <ValuePairs
                title="Outputs"
                pairs={whole.outputs}
                left={whole.left.id}
                right={whole.right.id}
              />
              <Spec lines={whole.spec} left={whole.left.entity} right={whole.right.entity} />
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}
