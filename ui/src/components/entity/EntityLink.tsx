import { Link } from '@tanstack/react-router'
import { NOUNS } from '@/api/entities/queries'
import type { EntityKey } from '@/api/schema'
import { Name } from '@/components/name/Name'
import { lastPart } from '@/core/fleet/grid'

interface EntityLinkProps {
  of: EntityKey
  /** To the version, and not to the newest. */
  versioned?: boolean
  /** Where there is little room: without its module, which stands in the title. */
  short?: boolean
}

/** The name of an entity, which leads to it. */
export function EntityLink({ of, versioned = false, short = false }: EntityLinkProps) {
  const { kind, project, domain, name, version } = of
  return (
    <Link
      to="/$noun/$project/$domain/$name"
      params={{ noun: NOUNS[kind], project, domain, name }}
      search={before => ({
        ...before,
        ...(versioned && version ? { version } : {}),
      })}
    >
      {short ? <span title={name}>{lastPart(name)}</span> : <Name of={name} dotted />}
    </Link>
  )
}

const KINDS = { task: 'task', workflow: 'workflow', launch_plan: 'launch plan' } as const

/** A kind in words. */
export function kindWord(kind: EntityKey['kind']): string {
  return KINDS[kind]
}
