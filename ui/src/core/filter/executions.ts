import { PHASES } from '../phase/phase'
import { terms } from './line'
import { type Stretch, stretchOf } from './stretch'

/** What a filter line asks for, as the API takes it. */
export interface Wanted {
  phase?: ExecutionPhase[]
  kind?: 'task' | 'workflow' | 'launch_plan'
  name?: string
  version?: string
  since?: number
  until?: number
  label?: string[]
  input?: string[]
  children?: boolean
  parent?: string
  search?: string
}

type ExecutionPhase = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'ABORTED'

export interface Understood {
  wanted: Wanted
  /** What of the line makes no sense, for people. */
  problems: string[]
}

/** What can stand before a colon, with what it means. */
export const KEYS: Record<string, string> = {
  phase: 'failed, running, … several with commas',
  workflow: 'name of a workflow; train* begins so',
  task: 'name of a task',
  plan: 'name of a launch plan',
  version: 'of what was run',
  started: '2d: within two days; >2026-01-31, <2026-02-01',
  label: 'key=value',
  'input.': 'an input has this value',
  parent: 'started by this execution',
  children: 'yes: with those that executions started',
}

const KINDS = { workflow: 'workflow', task: 'task', plan: 'launch_plan' } as const

/** Reads a filter line.
 *
 * @param now seconds since the epoch, which `started:2d` counts from
 * @param zone in which dates are meant: see `moment`
 */
export function understand(line: string, now: number, zone?: string): Understood {
  const wanted: Wanted = {}
  const problems: string[] = []
  const words: string[] = []
  for (const { key, value } of terms(line)) {
    if (key === '') words.push(value)
    else if (value !== '') {
      const problem = take(wanted, key, value, now, zone)
      if (problem) problems.push(problem)
    }
  }
  if (words.length > 0) wanted.search = words.join(' ')
  return { wanted, problems }
}

/** Adds a term to what is wanted; a text: why it cannot. */
function take(
  wanted: Wanted,
  key: string,
  value: string,
  now: number,
  zone?: string,
): string | undefined {
  if (key.startsWith('input.')) {
    ;(wanted.input ??= []).push(`${key.slice('input.'.length)}=${asJson(value)}`)
    return undefined
  }
  switch (key) {
    case 'phase':
      return takePhases(wanted, value)
    case 'workflow':
    case 'task':
    case 'plan':
      wanted.kind = KINDS[key]
      wanted.name = value
      return undefined
    case 'name':
    case 'version':
    case 'parent':
      wanted[key] = value
      return undefined
    case 'started':
      return takeTimes(wanted, stretchOf(value, now, zone))
    case 'label':
      if (!value.includes('=')) return `label:${value} has no value: write label:${value}=…`
      ;(wanted.label ??= []).push(value)
      return undefined
    case 'children':
      wanted.children = value !== 'no'
      return undefined
    default:
      return `there is nothing called ${key}`
  }
}

function takePhases(wanted: Wanted, value: string): string | undefined {
  for (const word of value.split(',').filter(Boolean)) {
    const phase = PHASES.find(each => each === word.toUpperCase())
    if (!phase || phase === 'LOST' || phase === 'LAUNCHING') return `${word} is no phase`
    ;(wanted.phase ??= []).push(phase)
  }
  return undefined
}

function takeTimes(wanted: Wanted, stretch: Stretch | string): string | undefined {
  if (typeof stretch === 'string') return stretch
  Object.assign(wanted, stretch)
  return undefined
}

/** A value as it is typed: JSON where it is, and text otherwise. */
function asJson(value: string): string {
  try {
    JSON.parse(value)
    return value
  } catch {
    return JSON.stringify(value)
  }
}
