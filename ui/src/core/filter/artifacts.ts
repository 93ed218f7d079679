import { terms } from './line'
import { stretchOf } from './stretch'

/** What a filter line asks for among artifacts, as the API takes it. */
export interface WantedArtifacts {
  name?: string
  execution?: string
  type?: string
  content?: boolean
  since?: number
  until?: number
  search?: string
}

/** What can stand before a colon, with what it means. */
export const ARTIFACT_KEYS: Record<string, string> = {
  task: 'name of the task that has made it',
  type: 'its type begins so: File, Frame, list',
  execution: 'made in this execution',
  made: '2d: within two days; >2026-01-31, <2026-02-01',
  small: 'yes: with numbers, texts and other small values',
}

/** Reads a filter line; `problems`: what of it makes no sense, for people.
 *
 * @param now seconds since the epoch, which `made:2d` counts from
 * @param zone in which dates are meant: see `moment`
 */
export function understandArtifacts(
  line: string,
  now: number,
  zone?: string,
): { wanted: WantedArtifacts; problems: string[] } {
  const wanted: WantedArtifacts = {}
  const problems: string[] = []
  const words: string[] = []
  for (const { key, value } of terms(line)) {
    if (value === '') continue
    if (key === '') words.push(value)
    else {
      const problem = take(wanted, key, value, now, zone)
      if (problem) problems.push(problem)
    }
  }
  if (words.length > 0) wanted.search = words.join(' ')
  return { wanted, problems }
}

/** Adds a term to what is wanted; a text: why it cannot. */
function take(wanted: WantedArtifacts, key: string, value: string, now: number, zone?: string) {
  switch (key) {
    case 'task':
      wanted.name = value
      return undefined
    case 'type':
    case 'execution':
      wanted[key] = value
      return undefined
    case 'small':
      wanted.content = value === 'no'
      return undefined
    case 'made': {
      const stretch = stretchOf(value, now, zone)
      if (typeof stretch === 'string') return stretch
      Object.assign(wanted, stretch)
      return undefined
    }
    default:
      return `there is nothing called ${key}`
  }
}
