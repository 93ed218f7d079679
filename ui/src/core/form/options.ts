/** What can be said of an execution beside its inputs, as fields of a form. */
import { readDuration, writeDuration } from './durations'
import type { JsonObject } from './json'
import type { FormProblem } from './problems'

export interface LabelRow {
  readonly id: number
  readonly key: string
  readonly value: string
}

/** As typed. `running` and `total` are limits of time, such as `90s`. */
export interface Options {
  readonly name: string
  readonly labels: readonly LabelRow[]
  readonly annotations: readonly LabelRow[]
  readonly overwriteCache: boolean
  readonly maxParallelism: string
  readonly priority: string
  readonly executor: string
  readonly running: string
  readonly total: string
}

export const NO_OPTIONS: Options = {
  name: '',
  labels: [],
  annotations: [],
  overwriteCache: false,
  maxParallelism: '',
  priority: '',
  executor: '',
  running: '',
  total: '',
}

/** What an earlier execution was started with. */
export interface Earlier {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly max_parallelism: number | null
  readonly priority: number
  readonly executor: string
  /** In seconds. */
  readonly limits?: { readonly running?: number | null; readonly total?: number | null } | null
}

/** Where problems of an option stand, as the server names them. */
export const OPTION_PATHS = {
  name: '$.name',
  labels: '$.labels',
  annotations: '$.annotations',
  maxParallelism: '$.max_parallelism',
  priority: '$.priority',
  executor: '$.executor',
  running: '$.limits.running',
  total: '$.limits.total',
} as const

const NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/
const MOST = 2 ** 31 - 1

export function optionsLike(earlier: Earlier): Options {
  return {
    ...NO_OPTIONS,
    labels: rowsOf(earlier.labels),
    annotations: rowsOf(earlier.annotations),
    maxParallelism: earlier.max_parallelism === null ? '' : String(earlier.max_parallelism),
    priority: earlier.priority ? String(earlier.priority) : '',
    executor: earlier.executor,
    running: limitText(earlier.limits?.running),
    total: limitText(earlier.limits?.total),
  }
}

function limitText(seconds: number | null = null): string {
  return seconds === null ? '' : writeDuration(BigInt(Math.round(seconds * 1e6)))
}

function rowsOf(entries: Readonly<Record<string, string>>): LabelRow[] {
  return Object.entries(entries).map(([key, value], id) => ({ id, key, value }))
}

/** As fields of a new execution; `name` is the one to take where none was typed. */
export function optionFields(options: Options, name: string): JsonObject {
  const running = seconds(options.running)
  const total = seconds(options.total)
  const labels = entriesOf(options.labels)
  const annotations = entriesOf(options.annotations)
  return {
    name: options.name.trim() || name,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(options.overwriteCache && { overwrite_cache: true }),
    ...(options.maxParallelism.trim() && { max_parallelism: whole(options.maxParallelism) }),
    ...(options.priority.trim() && { priority: whole(options.priority) }),
    ...(options.executor.trim() && { executor: options.executor.trim() }),
    ...((running !== null || total !== null) && {
      limits: { ...(running !== null && { running }), ...(total !== null && { total }) },
    }),
  }
}

export function optionProblems(options: Options): FormProblem[] {
  const problems: FormProblem[] = []
  const say = (option: keyof typeof OPTION_PATHS, message: string) =>
    problems.push({ path: OPTION_PATHS[option], message })
  if (options.name.trim() && !NAME.test(options.name.trim())) {
    say('name', 'lower case letters, digits and -, a letter first, at most 63 of them')
  }
  if (!isWhole(options.maxParallelism, 1)) say('maxParallelism', 'a whole number from 1 on')
  if (!isWhole(options.priority, -MOST)) say('priority', 'a whole number')
  for (const option of ['running', 'total'] as const) {
    if (options[option].trim() && seconds(options[option]) === null) {
      say(option, 'a duration such as 90s or 1h30m')
    }
  }
  for (const option of ['labels', 'annotations'] as const) {
    const keys = options[option].filter(each => each.key || each.value).map(each => each.key.trim())
    if (keys.includes('')) say(option, 'each needs a key')
    else if (new Set(keys).size < keys.length) say(option, 'a key stands here twice')
  }
  return problems
}

function isWhole(text: string, least: number): boolean {
  if (!text.trim()) return true
  return /^-?\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= MOST
}

function whole(text: string): bigint {
  return /^-?\d+$/.test(text.trim()) ? BigInt(text.trim()) : 0n
}

function entriesOf(rows: readonly LabelRow[]): Record<string, string> {
  return Object.fromEntries(
    rows.filter(each => each.key.trim()).map(each => [each.key.trim(), each.value]),
  )
}

function seconds(text: string): number | null {
  const found = text.trim() ? readDuration(text) : null
  return found !== null && found > 0n ? Number(found) / 1e6 : null
}
