import { counted, size } from '../text/shorten'
import { duration } from '../time/duration'

/** A line of a policy: what it is about, and what it says. */
export type Rule = [name: string, rule: string]

interface Json {
  readonly [name: string]: unknown
}

/** A policy in words, as far as it says something; what nobody has words for as JSON. */
export function policyInWords(policy: object): Rule[] {
  const rules: Rule[] = []
  for (const [name, value] of Object.entries(policy)) {
    if (value === null || value === false || isEmpty(value)) continue
    const word = WORDS[name]
    rules.push([word ?? name.replaceAll('_', ' '), said(name, value)])
  }
  return rules
}

const WORDS: Record<string, string> = {
  retries: 'Retries',
  backoff: 'Wait between',
  limits: 'Time limits',
  cache: 'Cache',
  requests: 'Requests',
  caps: 'At most',
  priority: 'Priority',
  executor: 'Executor',
  environment: 'Variables',
  placement: 'Placement',
}

function said(name: string, value: unknown): string {
  switch (name) {
    case 'retries':
      return counted(Number(value), 'further attempt')
    case 'limits':
      return pairs(value, each => duration(Number(each)))
    case 'backoff':
      return pairs(value, String)
    case 'requests':
    case 'caps':
      return pairs(value, (each, key) => (SIZES.has(key) ? size(Number(each)) : String(each)))
    case 'cache':
      return cacheInWords(value as Json)
    case 'environment':
      return (value as [string, string][]).map(([key, each]) => `${key}=${each}`).join(', ')
    default:
      return typeof value === 'string' || typeof value === 'number'
        ? String(value)
        : JSON.stringify(value)
  }
}

const SIZES = new Set(['mem', 'ephemeral_storage'])

function cacheInWords(cache: Json): string {
  const { version, ttl, serialize, ignored } = cache
  const parts = [
    typeof version === 'string' && version ? `version ${version}` : 'by its fingerprint',
    typeof ttl === 'number' && `for ${duration(ttl)}`,
    serialize === true && 'one at a time',
    Array.isArray(ignored) && ignored.length > 0 && `without ${ignored.join(', ')}`,
  ]
  return parts.filter(Boolean).join(', ')
}

function pairs(value: unknown, write: (value: unknown, key: string) => string): string {
  return Object.entries(value as Json)
    .filter(([, each]) => each !== null && each !== undefined)
    .map(([key, each]) => `${key.replaceAll('_', ' ')} ${write(each, key)}`)
    .join(', ')
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (typeof value !== 'object') return value === undefined
  return value === null || Object.values(value).every(each => each === null || isEmpty(each))
}
