import { useSearch } from '@tanstack/react-router'
import type { EntityKey } from '@/api/schema'
import { usePlace } from '@/components/page/page'
import { Failed } from '@/components/states/Failed'
import { Loading } from '@/components/states/Loading'
import { Page } from '@/components/page/Page'
import { LaunchForm } from './LaunchForm'
import { Pick } from './Pick'
import { type Asked, useTarget } from './useTarget'

/** Starting an execution: of what the address names, or like the execution that it names. */
export function LaunchPage() {
  const search = useSearch({ from: '/launch' })
  const key = keyOf(search)
  if (!key && !search.from) return <Pick />
  return <Launch asked={{ key, from: search.from ?? '' }} />
}

function Launch({ asked }: { asked: Asked }) {
  const { target, error, retry } = useTarget(asked)
  const name = target?.entity.key.name ?? asked.key?.name ?? asked.from
  usePlace([{ name: 'Launch', to: '/launch' }, { name }])
  if (!target && error) return <Failed error={error} retry={retry} />
  if (!target) {
    return (
      <Page title="Launch">
        <Loading rows={8} />
      </Page>
    )
  }
  const { key } = target.entity
  const form = [key.kind, key.project, key.domain, key.name, asked.from].join(' ')
  return <LaunchForm key={`${form} ${key.version}`} target={target} form={form} from={asked.from} />
}

const KINDS: readonly EntityKey['kind'][] = ['task', 'workflow', 'launch_plan']

interface Search {
  kind?: string
  name?: string
  version?: string
  project?: string
  domain?: string
}

function keyOf({ kind, name, version, project, domain }: Search): EntityKey | null {
  const known = KINDS.find(each => each === kind?.replace('-', '_')) ?? 'workflow'
  if (!name) return null
  return {
    kind: known,
    name,
    version: version ?? '',
    project: project ?? 'default',
    domain: domain ?? 'development',
  }
}
