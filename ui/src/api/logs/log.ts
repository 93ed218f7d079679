import { type Level, type Stream } from '@/core/logs/levels'
import { PAGE, Pages, pagesOf } from '@/core/logs/pages'
import { client, data } from '../client'
import type { LogLine, LogMatches } from '../schema'
import { Store } from '../store'

/** Which lines of which attempt. */
export interface LogOf {
  execution: string
  path: string
  attempt: number
  streams: readonly Stream[]
  levels: readonly Level[]
}

/** How far the lines are known.
 *
 * `total`: undefined until the first answer; `complete`: no more will come; `version` changes with
 * each line that arrives.
 */
export interface LogState {
  total: number | undefined
  complete: boolean
  error: unknown
  version: number
}

const PERIOD = 700
const AFTER_ERROR = 3000
/** Pages that are fetched at a time. */
const AT_ONCE = 2

/** Lines of the log of an attempt by their position: those that are looked at are fetched, a few
 * pages are kept, and the end is followed while it grows. Begins with `open`, ends with `close`.
 */
export class Log extends Store<LogState> {
  private readonly pages = new Pages<LogLine>()
  private readonly asked = new Set<number>()
  private wanted: readonly number[] = []
  private readonly of: LogOf
  private ending = new AbortController()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(of: LogOf) {
    super({ total: undefined, complete: false, error: undefined, version: 0 })
    this.of = of
  }

  open(): void {
    this.ending = new AbortController()
    this.asked.clear()
    void this.followEnd()
  }

  close(): void {
    clearTimeout(this.timer)
    this.ending.abort()
  }

  line(position: number): LogLine | undefined {
    return this.pages.line(position)
  }

  /** Says which lines are looked at. What was looked at before, and is not here yet, is not fetched
   * any more: whoever scrolls through a long log does not wait for all of it.
   */
  want(first: number, last: number): void {
    const { total } = this.get()
    this.wanted = total ? pagesOf(first, Math.min(last, total - 1)) : []
    for (const page of this.wanted) this.pages.touch(page)
    this.fetchWanted()
  }

  /** Where a text stands among these lines. */
  matches(text: string, signal: AbortSignal): Promise<LogMatches> {
    return data(
      client.GET('/api/v1/executions/{id}/log/matches', {
        params: { path: { id: this.of.execution }, query: { ...this.query(), text } },
        signal,
      }),
    )
  }

  private query() {
    const { path, attempt, streams, levels } = this.of
    return { path, attempt, stream: [...streams], level: [...levels] }
  }

  private fetchWanted(): void {
    const { total = 0 } = this.get()
    for (const page of this.wanted) {
      if (this.asked.size >= AT_ONCE) return
      const isWhole = this.pages.held(page) >= Math.min(PAGE, total - page * PAGE)
      if (!isWhole && !this.asked.has(page)) void this.fetchPage(page)
    }
  }

  /** The page's lines; in several answers where they are long. */
  private async fetchPage(page: number): Promise<void> {
    this.asked.add(page)
    const before = this.pages.held(page)
    try {
      await this.fetch(page * PAGE + before, PAGE - before)
    } catch (error) {
      this.fail(error)
    }
    // A log that began anew may have fewer lines than were promised.
    if (this.pages.held(page) === before) await pause(AFTER_ERROR)
    this.asked.delete(page)
    if (!this.ending.signal.aborted) this.fetchWanted()
  }

  /** The end of the log, and what comes behind it. */
  private async followEnd(): Promise<void> {
    const { total, complete } = this.get()
    if (complete) return
    let wait = PERIOD
    try {
      if (total === undefined) await this.fetch(0, PAGE)
      else await this.fetch(total, PAGE)
    } catch (error) {
      this.fail(error)
      wait = AFTER_ERROR
    }
    const isOver = this.get().complete || this.ending.signal.aborted
    if (!isOver) this.timer = setTimeout(() => void this.followEnd(), wait)
  }

  private async fetch(first: number, count: number): Promise<void> {
    const { signal } = this.ending
    const found = await data(
      client.GET('/api/v1/executions/{id}/log/lines', {
        params: { path: { id: this.of.execution }, query: { ...this.query(), first, count } },
        signal,
      }),
    )
    if (signal.aborted) return
    this.pages.put(found.first, found.lines)
    const { total = 0, version } = this.get()
    this.set({
      total: Math.max(total, found.total),
      complete: found.complete,
      error: undefined,
      version: version + 1,
    })
  }

  private fail(error: unknown): void {
    if (this.ending.signal.aborted) return
    this.set({ ...this.get(), error })
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}

/** Where the log of an attempt is had as a text. */
export function logUrl(of: Pick<LogOf, 'execution' | 'path' | 'attempt'>): string {
  const query = new URLSearchParams({ path: of.path, attempt: String(of.attempt) })
  return `/api/v1/executions/${encodeURIComponent(of.execution)}/log/text?${query.toString()}`
}
