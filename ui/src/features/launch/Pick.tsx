import { Select } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { client, data } from '@/api/client'
import { type EntityKind, NOUNS } from '@/api/entities/queries'
import type { EntityKey } from '@/api/schema'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { usePlaceFilter } from '@/components/page/place'
import { Empty } from '@/components/states/Empty'
import classes from './launch.module.css'

const GROUPS: readonly { kind: EntityKind; name: string }[] = [
  { kind: 'launch_plan', name: 'Launch plans' },
  { kind: 'workflow', name: 'Workflows' },
  { kind: 'task', name: 'Tasks' },
]

/** Chooses what is to be launched. */
export function Pick() {
  usePlace([{ name: 'Launch' }])
  const navigate = useNavigate()
  const place = usePlaceFilter()
  const [isWanted, setWanted] = useState(false)
  const lists = useQueries({
    queries: GROUPS.map(({ kind }) => ({
      queryKey: ['entities', kind, 'pick', place],
      queryFn: () =>
        data(
          client.GET(`/api/v1/${NOUNS[kind]}`, { params: { query: { ...place, limit: 1000 } } }),
        ),
      // There is none without a workflow: they come when somebody chooses.
      enabled: isWanted || kind !== 'launch_plan',
    })),
  })
  const found = GROUPS.map(({ kind, name }, index) => ({
    kind,
    group: name,
    keys: lists[index]?.data?.items.map(each => each.key) ?? [],
  }))
  const others = lists.filter((_, index) => GROUPS[index]?.kind !== 'launch_plan')
  if (others.every(each => each.data?.items.length === 0)) {
    return (
      <Empty title="There is nothing to launch yet">
        <p>Register some code:</p>
        <p>
          <code className="mono">volery register FILE --server {location.origin}</code>
        </p>
      </Empty>
    )
  }
  const byValue = new Map(found.flatMap(each => each.keys).map(key => [valueOf(key), key]))
  return (
    <Page title="Launch">
      <Select
        className={classes.pick}
        size="sm"
        label="What is to run?"
        placeholder="Its name"
        searchable
        onDropdownOpen={() => setWanted(true)}
        limit={200}
        nothingFoundMessage="Nothing has this name"
        data={found.map(({ group, keys }) => ({
          group,
          items: keys.map(key => ({ value: valueOf(key), label: labelOf(key) })),
        }))}
        onChange={value => {
          const key = byValue.get(value ?? '')
          if (!key) return
          const { kind, name, project, domain } = key
          navigate({ to: '/launch', search: { kind, name, project, domain } })
        }}
      />
    </Page>
  )
}

function valueOf({ kind, project, domain, name }: EntityKey): string {
  return [kind, project, domain, name].join(' ')
}

function labelOf({ project, domain, name }: EntityKey): string {
  return project === 'default' && domain === 'development' ? name : `${name}  ${project}/${domain}`
}
