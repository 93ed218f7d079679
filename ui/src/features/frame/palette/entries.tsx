import {
  IconCopy,
  IconCornerDownRight,
  IconPlayerPlay,
  IconSquare,
  IconSunMoon,
} from '@tabler/icons-react'
import type { LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Command } from '@/components/page/commands'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { type Asked, fits } from '@/core/palette/asked'
import { phaseOf } from '@/core/phase/phase'
import { KindIcon } from '../KindIcon'
import { MORE_PAGES, PAGES } from '../pages'
import type { Found } from './search'

/** A line of the palette. */
export interface Entry {
  id: string
  label: string
  hint?: string
  icon: ReactNode
  /** The palette stays: it asks on. */
  goesOn?: boolean
  run: () => void
}

export interface Group {
  title: string
  entries: readonly Entry[]
}

/** What its lines lead to. */
export interface Ways {
  go: (to: LinkProps) => void
  /** Writes this, and goes on from there. */
  write: (query: string) => void
  abort: (id: string) => void
  copy: (text: string) => void
  toggleTheme: () => void
}

interface Known {
  query: string
  asked: Asked
  /** What can be done on the page below. */
  commands: readonly Command[]
  found: Found | undefined
  /** Whoever looks may start and stop executions. */
  mayAct: boolean
}

/** What the palette offers, the nearest first. */
export function groupsOf(known: Known, ways: Ways): Group[] {
  const { query, asked, commands, found } = known
  const matching = ({ label }: Entry) => fits(label, query.trim())
  return [
    { title: 'Here', entries: here(commands).filter(matching) },
    ...(found ? foundGroups(found, asked, ways) : []),
    { title: 'Go to', entries: pages(ways).filter(matching) },
    { title: 'Do', entries: acts(known, ways).filter(matching) },
  ].filter(group => group.entries.length > 0)
}

const icon = { size: 16, stroke: 1.7, 'aria-hidden': true } as const

function here(commands: readonly Command[]): Entry[] {
  const byName = new Map(commands.map(each => [each.name, each]))
  return [...byName.values()].map(({ name, run }) => ({
    id: `here ${name}`,
    label: name,
    icon: <IconCornerDownRight {...icon} />,
    run,
  }))
}

function pages({ go }: Ways): Entry[] {
  const rail = PAGES.map(({ to, name, Icon, key }) => ({
    id: `page ${to}`,
    label: name,
    hint: `g ${key}`,
    icon: <Icon {...icon} />,
    run: () => go({ to }),
  }))
  const others = MORE_PAGES.map(({ to, name, Icon }) => ({
    id: `page ${to}`,
    label: name,
    icon: <Icon {...icon} />,
    run: () => go({ to }),
  }))
  return [...rail, ...others]
}

function acts({ mayAct }: Known, { write, toggleTheme }: Ways): Entry[] {
  const launch: Entry = {
    id: 'launch',
    label: 'Launch …',
    hint: 'a workflow, a task, a launch plan',
    icon: <IconPlayerPlay {...icon} />,
    goesOn: true,
    run: () => write('launch '),
  }
  const abort: Entry = {
    id: 'abort',
    label: 'Abort …',
    hint: 'what runs',
    icon: <IconSquare {...icon} />,
    goesOn: true,
    run: () => write('abort '),
  }
  const copy: Entry = {
    id: 'copy',
    label: 'Copy the id of …',
    hint: 'an execution',
    icon: <IconCopy {...icon} />,
    goesOn: true,
    run: () => write('copy the id of '),
  }
  const theme: Entry = {
    id: 'theme',
    label: 'Toggle the theme',
    icon: <IconSunMoon {...icon} />,
    run: toggleTheme,
  }
  return [...(mayAct ? [launch, abort] : []), copy, theme]
}

function foundGroups({ executions, entities }: Found, { verb }: Asked, ways: Ways): Group[] {
  const launches = launchesOf(entities, ways)
  const aborts = executionsOf(executions, 'Abort ', ways.abort).map(each => ({
    ...each,
    goesOn: true, // it is asked why
  }))
  switch (verb) {
    case 'abort':
      return [{ title: 'Abort', entries: aborts }]
    case 'copy':
      return [{ title: 'Copy', entries: executionsOf(executions, 'Copy ', ways.copy) }]
    case 'launch':
      return [{ title: 'Launch', entries: launches }]
    default:
      return [
        {
          title: 'Executions',
          entries: executionsOf(executions, '', id =>
            ways.go({ to: '/executions/$id', params: { id } }),
          ),
        },
        { title: 'Entities', entries: entitiesOf(entities, ways) },
        { title: 'Launch', entries: launches.slice(0, 4) },
      ]
  }
}

function executionsOf(
  executions: Found['executions'],
  verb: string,
  run: (id: string) => void,
): Entry[] {
  return executions.map(({ id, entity, phase }) => ({
    id: `execution ${verb}${id}`,
    label: verb + id,
    hint: entity.name,
    icon: <PhaseMark phase={phaseOf(phase)} />,
    run: () => run(id),
  }))
}

function entitiesOf(entities: Found['entities'], { go }: Ways): Entry[] {
  return entities.map(({ noun, key: { kind, project, domain, name } }) => ({
    id: `entity ${noun} ${project} ${domain} ${name}`,
    label: name,
    hint: `${project} / ${domain}`,
    icon: <KindIcon kind={kind} />,
    run: () => go({ to: '/$noun/$project/$domain/$name', params: { noun, project, domain, name } }),
  }))
}

function launchesOf(entities: Found['entities'], { go }: Ways): Entry[] {
  return entities.map(({ key: { kind, project, domain, name } }) => ({
    id: `launch ${kind} ${project} ${domain} ${name}`,
    label: `Launch ${name}`,
    hint: `${project} / ${domain}`,
    icon: <IconPlayerPlay {...icon} />,
    run: () => go({ to: '/launch', search: { kind, project, domain, name } }),
  }))
}
