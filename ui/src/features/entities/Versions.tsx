import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { entityList } from '@/api/entities/queries'
import type { EntityKey } from '@/api/schema'
import { Loaded } from '@/components/states/Loaded'
import { DataTable, type Selection } from '@/components/table/DataTable'
import { counted } from '@/core/text/shorten'
import { VERSIONS } from './columns'
import { Difference } from './Difference'
import classes from './Versions.module.css'

const route = getRouteApi('/$noun/$project/$domain/$name')

/** Every version, newest first. Two that are chosen are compared. */
export function Versions({ of }: { of: EntityKey }) {
  const { kind, project, domain, name } = of
  const navigate = route.useNavigate()
  const list = useInfiniteQuery(entityList(kind, { project, domain, name, versions: true }))
  const [chosen, setChosen] = useState<Selection['chosen']>({})
  return (
    <Loaded of={list}>
      {({ pages }) => {
        const rows = pages.flatMap(page => page.items)
        const [right, left] = rows.filter(row => chosen[row.key.version])
        return (
          <div className={classes.root}>
            <DataTable
              label="Versions"
              columns={VERSIONS}
              rows={rows}
              rowId={row => row.key.version}
              selection={{ chosen, onChange: next => setChosen(lastTwo(chosen, next)) }}
              onOpen={({ key: { version } }) =>
                navigate({ search: before => ({ ...before, version, view: 'overview' }) })
              }
              onEnd={list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined}
              foot={`${counted(rows.length, 'version')}. Choose two to see what is different.`}
            />
            {left && right && (
              <Difference of={of} left={left.key.version} right={right.key.version} />
            )}
          </div>
        )
      }}
    </Loaded>
  )
}

/** Two are compared: a third one takes the place of one of them. */
function lastTwo(before: Selection['chosen'], next: Selection['chosen']): Selection['chosen'] {
  const added = Object.keys(next).filter(version => next[version] && !before[version])
  const kept = Object.keys(before).filter(version => before[version] && next[version])
  return Object.fromEntries([...kept, ...added].slice(-2).map(version => [version, true]))
}
