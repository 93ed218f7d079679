import { Button } from '@mantine/core'
import { IconFilterOff, IconPackages } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { artifactList } from '@/api/artifacts/queries'
import { firstAsked } from '@/components/filter/asked'
import { FilterLine } from '@/components/filter/FilterLine'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { usePlaceFilter } from '@/components/page/place'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import { DataTable } from '@/components/table/DataTable'
import { useZone } from '@/components/time/zone'
import { understandArtifacts } from '@/core/filter/artifacts'
import { counted } from '@/core/text/shorten'
import classes from './ArtifactsPage.module.css'
import { COLUMNS } from './columns'
import { suggest } from './suggest'

const route = getRouteApi('/artifacts')

/** What tasks have made: files, tables and other large values, and small ones when they are asked
 * for. A row leads to where its value comes from and what has used it.
 */
export function ArtifactsPage() {
  usePlace([{ name: 'Artifacts' }])
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const { filter, problems } = useArtifactFilter(q)
  const list = useInfiniteQuery(artifactList(filter))
  const rows = useMemo(() => list.data?.pages.flatMap(page => page.items) ?? [], [list.data])
  const change = (line: string) => navigate({ search: before => ({ ...before, q: line }) })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list

  // A search is bounded: a page of it may be empty, and the next one not.
  const goesOn = rows.length === 0 && hasNextPage && !isFetchingNextPage
  useEffect(() => {
    if (goesOn) fetchNextPage()
  }, [goesOn, fetchNextPage])

  return (
    <Page title="Artifacts" full>
      <div className={classes.tools}>
        <FilterLine
          value={q}
          onChange={change}
          suggest={suggest}
          problems={problems}
          placeholder="task:load type:File made:2d, a part of a name, a digest"
        />
      </div>
      <div className={classes.list}>
        <Loaded of={list} loading={<Loading rows={12} />}>
          {() =>
            rows.length > 0 ? (
              <DataTable
                label="Artifacts"
                columns={COLUMNS}
                rows={rows}
                rowId={row => `${row.execution} ${row.path} ${row.name}`}
                onOpen={row => navigate({ to: '/lineage', search: { digest: row.digest } })}
                onEnd={hasNextPage && !isFetchingNextPage ? fetchNextPage : undefined}
                foot={hasNextPage ? 'Loading more …' : counted(rows.length, 'artifact')}
              />
            ) : hasNextPage ? (
              <Loading rows={12} />
            ) : (
              <NoArtifacts isFiltered={q !== ''} onClear={() => change('')} />
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

function useArtifactFilter(line: string) {
  const { project, domain } = usePlaceFilter()
  const zone = useZone()
  return useMemo(() => {
    const { wanted, problems } = understandArtifacts(line, firstAsked(line), zone)
    const place = { ...(project && { project }), ...(domain && { domain }) }
    return { filter: { ...wanted, ...place }, problems }
  }, [line, zone, project, domain])
}

function NoArtifacts({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (!isFiltered) {
    return (
      <Empty title="Nothing large has been made yet" icon={<IconPackages />}>
        <p>Files, tables, arrays and models that tasks give are listed here.</p>
        <p>
          Numbers and texts are listed with <code className="mono">small:yes</code>.
        </p>
      </Empty>
    )
  }
  return (
    <Empty
      title="No artifact is like that"
      icon={<IconFilterOff />}
      actions={<Button onClick={onClear}>Show all</Button>}
    >
      Take something out of the filter; small values are found with{' '}
      <code className="mono">small:yes</code>.
    </Empty>
  )
}
