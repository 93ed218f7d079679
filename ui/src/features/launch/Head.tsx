import { Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { entityList, NOUNS } from '@/api/entities/queries'
import { Name } from '@/components/name/Name'
import type { Target } from './useTarget'
import classes from './launch.module.css'

/** What is launched, in which version, and what it begins with. */
export function Head({ target, from }: { target: Target; from: string }) {
  const { kind, name, project, domain } = target.entity.key
  return (
    <span className={classes.head}>
      <span className={classes.verb}>Launch</span>
      <Link
        className={classes.name}
        to="/$noun/$project/$domain/$name"
        params={{ noun: NOUNS[kind], project, domain, name }}
        disabled={target.isPinned}
      >
        <Name of={name} />
      </Link>
      {target.isPinned ? (
        <span className={classes.beside}>as it is in {from}</span>
      ) : (
        <Versions target={target} />
      )}
      <span className={classes.beside}>
        {project} / {domain}
        {from && !target.isPinned && (
          <>
            {' · like '}
            <Link to="/executions/$id" params={{ id: from }}>
              {from}
            </Link>
          </>
        )}
      </span>
    </span>
  )
}

/** They are asked for when somebody wants another one. */
function Versions({ target }: { target: Target }) {
  const navigate = useNavigate({ from: '/launch' })
  const { kind, name, project, domain, version } = target.entity.key
  const [isWanted, setWanted] = useState(false)
  const found = useInfiniteQuery({
    ...entityList(kind, { project, domain, name, versions: true }),
    enabled: isWanted,
  })
  const items = found.data?.pages.flatMap(page => page.items) ?? []
  const versions = items.map(each => ({
    value: each.key.version,
    label: each.active ? `${each.key.version} (active)` : each.key.version,
  }))
  const known = versions.some(each => each.value === version)
  return (
    <Select
      aria-label="Version"
      className={classes.version}
      size="xs"
      classNames={{ input: classes.versionInput }}
      data={known ? versions : [{ value: version, label: version }, ...versions]}
      value={version}
      allowDeselect={false}
      searchable
      onDropdownOpen={() => setWanted(true)}
      onChange={chosen =>
        chosen && navigate({ search: old => ({ ...old, kind, name, version: chosen }) })
      }
    />
  )
}
