import { Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { entityList } from '@/api/entities/queries'
import type { EntitySummary } from '@/api/schema'
import { useNow } from '@/components/time/now'
import { useZone } from '@/components/time/zone'
import { shorten } from '@/core/text/shorten'
import { relative } from '@/core/time/instant'
import classes from './VersionSwitch.module.css'

const route = getRouteApi('/$noun/$project/$domain/$name')
const SHOWN = 30

/** Which version of an entity is shown. */
export function VersionSwitch({ of: { key } }: { of: EntitySummary }) {
  const [isOpen, setOpen] = useState(false)
  const navigate = route.useNavigate()
  const now = useNow()
  const zone = useZone()
  const { kind, project, domain, name } = key
  const list = useInfiniteQuery({
    ...entityList(kind, { project, domain, name, versions: true }),
    enabled: isOpen,
  })
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-start" width={280}>
      <Menu.Target>
        <button type="button" className={classes.root} aria-label={`Version ${key.version}`}>
          <span className="mono">{shorten(key.version, 24)}</span>
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.list}>
        {list.data?.pages[0]?.items.slice(0, SHOWN).map(({ key: { version }, created, active }) => (
          <Menu.Item
            key={version}
            rightSection={<span className="faint">{relative(created, now, zone)}</span>}
            onClick={() => navigate({ search: before => ({ ...before, version }) })}
          >
            <span className="mono">{shorten(version, 20)}</span> {active && 'active'}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
