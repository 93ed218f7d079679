import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconFilterOff, IconPackage, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { type EntityKind, entityList, NOUNS } from '@/api/entities/queries'
import { fleetEntities, fleetKeys } from '@/api/fleet/queries'
import { schedules } from '@/api/schedules/queries'
import type { EntitySummary } from '@/api/schema'
import { PERIOD, useFresh } from '@/components/live/useFresh'
import { CopyButton } from '@/components/name/CopyButton'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { usePlaceFilter } from '@/components/page/place'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import { DataTable } from '@/components/table/DataTable'
import { counted } from '@/core/text/shorten'
import { columnsOf, placeOf } from './columns'
import classes from './EntitiesPage.module.css'
import { kindOf, TITLES } from './kind'

/** Milliseconds between looks at what has run lately, when something happens. */
const SOON = 1500

/** The tasks, workflows or launch plans that are registered. */
export function EntitiesPage() {
  const path = useLocation({ select: location => location.pathname })
  const kind = kindOf(path.replaceAll('/', '')) ?? 'task'
  usePlace([{ name: TITLES[kind] }])
  return <EntityList key={kind} kind={kind} />
}

function EntityList({ kind }: { kind: EntityKind }) {
  const { q = '' } = useSearch({ strict: false })
  const navigate = useNavigate()
  const place = usePlaceFilter()
  const list = useInfiniteQuery({
    ...entityList(kind, { ...place, ...(q && { search: q }) }),
    refetchInterval: ({ state: { data } }) =>
      kind === 'launch_plan' && PERIOD * (data?.pages.length ?? 1),
  })
  const rows = list.data?.pages.flatMap(page => page.items) ?? NONE
  useFresh(fleetKeys.all, SOON)
  const runs = useQuery({ ...fleetEntities({ ...place, kind }), enabled: kind === 'workflow' })
  const fires = useQuery({ ...schedules(place), enabled: kind === 'launch_plan' })
  const columns = useMemo(() => {
    const lately = runs.data?.map(each => [placeOf(each.entity), each.runs] as const)
    const starts = fires.data?.map(each => [placeOf(each.plan), each] as const)
    return columnsOf(kind, new Map(lately), new Map(starts))
  }, [kind, runs.data, fires.data])
  const search = (q: string) =>
    navigate({ to: '.', search: before => ({ ...before, q }), replace: true })

  return (
    <Page title={TITLES[kind]} full>
      <SearchField value={q} onSearch={search} />
      <div className={classes.list}>
        <Loaded of={list} loading={<Loading rows={12} />}>
          {() =>
            rows.length === 0 ? (
              <NoEntities kind={kind} isFiltered={q !== ''} />
            ) : (
              <DataTable
                label={TITLES[kind]}
                columns={columns}
                rows={rows}
                rowId={({ key }) => `${key.project} ${key.domain} ${key.name}`}
                onOpen={({ key: { project, domain, name } }) =>
                  navigate({
                    to: '/$noun/$project/$domain/$name',
                    params: { noun: NOUNS[kind], project, domain, name },
                  })
                }
                onEnd={
                  list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined
                }
                foot={
                  list.hasNextPage
                    ? 'Loading more …'
                    : counted(rows.length, TITLES[kind].slice(0, -1).toLowerCase())
                }
              />
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

const NONE: EntitySummary[] = []

interface SearchFieldProps {
  value: string
  onSearch: (text: string) => void
}

function SearchField({ value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  if (value !== known) {
    // Somebody went back, or followed a link.
    setKnown(value)
    setText(value)
  }
  const search = useDebouncedCallback((next: string) => {
    setKnown(next)
    onSearch(next)
  }, 250)
  return (
    <TextInput
      className={classes.search}
      aria-label="Part of the name"
      placeholder="Part of the name"
      value={text}
      leftSection={<IconSearch size={15} aria-hidden />}
      rightSection={
        text && <CloseButton size="sm" aria-label="Show all" onClick={() => onSearch('')} />
      }
      onChange={event => {
        setText(event.currentTarget.value)
        search(event.currentTarget.value.trim())
      }}
    />
  )
}

function NoEntities({ kind, isFiltered }: { kind: EntityKind; isFiltered: boolean }) {
  const what = TITLES[kind].toLowerCase()
  if (isFiltered) return <Empty icon={<IconFilterOff />} title={`No ${what} are called that`} />
  const command = `volery register flow.py --server ${location.origin}`
  return (
    <Empty icon={<IconPackage />} title={`No ${what} are registered here`}>
      <p>A file is registered with all that is in it:</p>
      <p>
        <code className="mono">{command}</code> <CopyButton text={command} what="the command" />
      </p>
    </Empty>
  )
}
