import { Button, Select } from '@mantine/core'
import { IconArrowRight, IconArrowsExchange } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type EntityKind, entityList, NOUNS } from '@/api/entities/queries'
import type { EntityKey } from '@/api/schema'
import { VersionDiff } from '@/components/diff/VersionDiff'
import { EntityLink } from '@/components/entity/EntityLink'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { useZone } from '@/components/time/zone'
import { shorten } from '@/core/text/shorten'
import { absolute } from '@/core/time/instant'
import classes from './versions.module.css'

const route = getRouteApi('/$noun/$project/$domain/$name/diff')

/** Two versions of an entity, the older one left. */
export function VersionsPage() {
  const { noun, project, domain, name } = route.useParams()
  usePlace([
    { name: titleOf(noun), to: `/${noun}` },
    { name, to: `/${noun}/${project}/${domain}/${name}` },
    { name: 'Versions' },
  ])
  const kinds = Object.keys(NOUNS) as EntityKind[]
  const kind = kinds.find(each => NOUNS[each] === noun)
  if (!kind) return <Empty title="There is no such page" />
  return <Versions of={{ kind, project, domain, name, version: '' }} />
}

/** `launch-plans` as `Launch plans`. */
function titleOf(noun: string): string {
  return noun.charAt(0).toUpperCase() + noun.slice(1).replaceAll('-', ' ')
}

function Versions({ of }: { of: EntityKey }) {
  const { left, right } = route.useSearch()
  const navigate = route.useNavigate()
  const { kind, project, domain, name } = of
  const list = useInfiniteQuery(entityList(kind, { project, domain, name, versions: true }))
  return (
    <Page title={<EntityLink of={of} />} beside="What is different between two versions">
      <Loaded of={list}>
        {({ pages }) => {
          const versions = pages.flatMap(page => page.items)
          const [newest, before] = versions
          const from = left ?? before?.key.version ?? ''
          const to = right ?? newest?.key.version ?? ''
          return (
            <>
              <div className={classes.chosen}>
                <Version
                  label="Was"
                  value={from}
                  of={versions}
                  onChoose={version => navigate({ search: { left: version, right: to } })}
                />
                <IconArrowRight size={16} aria-hidden />
                <Version
                  label="Is"
                  value={to}
                  of={versions}
                  onChoose={version => navigate({ search: { left: from, right: version } })}
                />
                <Button
                  leftSection={<IconArrowsExchange size={14} aria-hidden />}
                  onClick={() => navigate({ search: { left: to, right: from }, replace: true })}
                >
                  Swap
                </Button>
              </div>
              {from && to ? (
                <VersionDiff of={of} left={from} right={to} />
              ) : (
                <Empty title="There is one version only">
                  Another one comes when it is registered after a change.
                </Empty>
              )}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

interface VersionProps {
  label: string
  value: string
  of: readonly { key: EntityKey; created: number }[]
  onChoose: (version: string) => void
}

function Version({ label, value, of, onChoose }: VersionProps) {
  const zone = useZone()
  const known = of.map(({ key: { version }, created }) => ({
    value: version,
    label: `${shorten(version, 20)} · ${absolute(created, zone).slice(0, 16)}`,
  }))
  // One of an address that is no more in the list, or far down in it.
  const others = known.some(each => each.value === value) || !value ? [] : [{ value, label: value }]
  return (
    <Select
      className={classes.version}
      size="xs"
      aria-label={label}
      data={[...known, ...others]}
      value={value}
      searchable
      allowDeselect={false}
      onChange={version => version && onChoose(version)}
    />
  )
}
