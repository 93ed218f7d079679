import type { EntityKind } from '@/api/entities/queries'
import type { EntityKey, EntitySummary, FleetEntity, Schedule } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { Copy } from '@/components/name/Name'
import { RunStrip } from '@/components/runs/RunStrip'
import type { Column } from '@/components/table/column'
import { Time } from '@/components/time/Time'
import { scheduleWords } from '@/core/schedule/words'

const name: Column<EntitySummary> = {
  id: 'name',
  name: 'Name',
  width: 220,
  cell: row => <EntityLink of={row.key} />,
}
const description: Column<EntitySummary> = {
  id: 'description',
  name: 'What it does',
  width: 200,
  grows: true,
  from: 760,
  cell: row => (
    <span className="dim" title={row.description}>
      {row.description.split('\n')[0]}
    </span>
  ),
}
const active: Column<EntitySummary> = {
  id: 'active',
  name: 'Active',
  width: 110,
  cell: row =>
    row.active_version ? (
      <Copy of={row.active_version} mono />
    ) : (
      <span className="faint">not active</span>
    ),
}
const version: Column<EntitySummary> = {
  id: 'version',
  name: 'Newest version',
  width: 120,
  from: 520,
  cell: row => <Copy of={row.key.version} mono />,
}
const place: Column<EntitySummary> = {
  id: 'place',
  name: 'Where',
  width: 180,
  from: 1000,
  cell: ({ key }) => (
    <span className="dim">
      {key.project} / {key.domain}
    </span>
  ),
}
const registered: Column<EntitySummary> = {
  id: 'registered',
  name: 'Registered',
  width: 112,
  atEnd: true,
  from: 620,
  cell: row => <Time at={row.created} />,
}

/** How a workflow has run lately. */
function lately(runs: Lately): Column<EntitySummary>[] {
  return [
    {
      id: 'runs',
      name: 'Lately',
      width: 192,
      from: 1000,
      cell: ({ key }) => <RunStrip runs={runs.get(placeOf(key)) ?? []} />,
    },
    {
      id: 'last',
      name: 'Last run',
      width: 112,
      atEnd: true,
      from: 620,
      cell: ({ key }) => {
        const [newest] = runs.get(placeOf(key)) ?? []
        return newest ? <Time at={newest.created} /> : <span className="faint">not lately</span>
      },
    },
  ]
}

/** Of what has no schedule. */
const NOTHING = <span className="faint">–</span>

/** When a launch plan starts by itself. */
function started(schedules: Schedules): Column<EntitySummary>[] {
  return [
    {
      id: 'schedule',
      name: 'Schedule',
      width: 270,
      from: 760,
      cell: ({ key }) => {
        const told = schedules.get(placeOf(key))?.told
        return told ? <span title={told}>{scheduleWords(told)}</span> : NOTHING
      },
    },
    {
      id: 'next',
      name: 'Next',
      width: 96,
      atEnd: true,
      from: 620,
      cell: ({ key }) => {
        const next = schedules.get(placeOf(key))?.next
        return next != null ? <Time at={next} /> : NOTHING
      },
    },
    {
      id: 'last',
      name: 'Last',
      width: 112,
      atEnd: true,
      from: 1000,
      cell: ({ key }) => {
        const schedule = schedules.get(placeOf(key))
        if (schedule?.last != null) return <Time at={schedule.last} />
        return schedule ? <span className="faint">not yet</span> : NOTHING
      },
    },
  ]
}

export type Lately = ReadonlyMap<string, FleetEntity['runs']>
export type Schedules = ReadonlyMap<string, Schedule>

/** By what these are found. */
export function placeOf({ project, domain, name }: EntityKey): string {
  return [project, domain, name].join(' ')
}

/** The columns of a list of entities, with what else is known of them. */
export function columnsOf(
  kind: EntityKind,
  runs: Lately,
  schedules: Schedules,
): readonly Column<EntitySummary>[] {
  switch (kind) {
    case 'task':
      return [name, description, version, place, registered]
    case 'workflow':
      return [name, description, ...lately(runs), version, { ...place, from: 1400 }, registered]
    case 'launch_plan':
      return [{ ...name, grows: true }, ...started(schedules), active, version, place, registered]
  }
}

/** Those of the versions of one entity. */
export const VERSIONS: readonly Column<EntitySummary>[] = [
  { ...version, name: 'Version', width: 160, grows: true, from: 0 },
  {
    id: 'is-active',
    name: '',
    width: 80,
    cell: row => row.active && <span className="dim">active</span>,
  },
  { id: 'digest', name: 'Spec', width: 150, from: 640, cell: row => <Copy of={row.digest} mono /> },
  {
    id: 'by',
    name: 'By',
    width: 120,
    from: 520,
    cell: row => <span className="dim">{row.by}</span>,
  },
  registered,
]
