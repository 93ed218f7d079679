import { placeKey, scopeOf, type Place } from '@/core/graph/place'
import { Store } from '../store'

/** What an answer about scopes has in common, whatever it tells of their node executions. */
export interface Answer<T> {
  items: T[]
  /** Of the last line of the journal that it knows of. */
  seq: number
  /** False: more has changed than fits; all of it has to be read again. */
  complete: boolean
  next: string | null
}

/** Asks about scopes of an execution: a page of one, or what has changed in several. */
export type Ask<T> = (
  execution: string,
  about: { scopes: string[]; cursor?: string; since?: number },
  signal: AbortSignal,
) => Promise<Answer<T>>

interface Scope<T> {
  place: Place
  items: Map<string, T>
  /** -1: nothing is known yet. */
  seq: number
  next: string | null
}

/** So many scopes are asked about together. */
const TOGETHER = 100
/** Milliseconds after an error until it is asked again. */
const AGAIN = 2000

/**
 * What is known of the node executions of the scopes that are on screen. Each scope is read once;
 * from then on only what has changed is asked for, of all of them together. It tells of a change
 * once, when an answer is in: its value counts these.
 */
export class Feed<T extends { path: string }> extends Store<number> {
  error: unknown = null

  private scopes = new Map<string, Scope<T>>()
  /** The same, by execution and path: no key has to be made for each of very many nodes. */
  private places = new Map<string, Map<string, Scope<T>>>()
  private readonly known: Map<string, Answer<T>>
  private readonly closing = new AbortController()
  private isReading = false
  private isBehind = false
  private timer: ReturnType<typeof setTimeout> | undefined

  /** @param known what was answered of some scopes before, by their keys */
  constructor(
    private readonly ask: Ask<T>,
    known: ReadonlyMap<string, Answer<T>> = new Map(),
  ) {
    super(0)
    this.known = new Map(known)
  }

  /** What was answered of a scope that will be looked at. */
  learn(place: Place, answer: Answer<T>): void {
    this.known.set(placeKey(place), answer)
  }

  /** Which scopes are looked at; those that are new are read. */
  watch(places: readonly Place[]): void {
    const watched = new Map<string, Scope<T>>()
    for (const place of places) {
      const key = placeKey(place)
      watched.set(key, this.scopes.get(key) ?? begun(place, this.known.get(key)))
      this.known.delete(key)
    }
    this.scopes = watched
    this.places = byPlace(watched.values())
    const isKnown = this.unread().length === 0
    if (isKnown) this.set(this.get() + 1)
    if (!isKnown || this.isBehind) this.begin()
  }

  /** Something may have changed. What is asked while an answer is awaited is asked once after it. */
  refresh(): void {
    this.isBehind = true
    this.begin()
  }

  close(): void {
    clearTimeout(this.timer)
    this.closing.abort()
  }

  /** All that is known, of whichever scope. */
  *all(): Generator<[scope: string, item: T]> {
    for (const [key, scope] of this.scopes)
      for (const item of scope.items.values()) yield [key, item]
  }

  /** A node execution by its place. */
  item({ execution, path }: Place): T | undefined {
    return this.places.get(execution)?.get(scopeOf(path))?.items.get(path)
  }

  items(scope: string): Map<string, T> | undefined {
    const known = this.scopes.get(scope)
    return known && known.seq >= 0 ? known.items : undefined
  }

  hasMore(scope: string): boolean {
    return this.scopes.get(scope)?.next != null
  }

  /** Read the next page of a scope. */
  async more(scope: string): Promise<void> {
    const known = this.scopes.get(scope)
    if (!known?.next) return
    const cursor = known.next
    known.next = null // it is asked for once
    const about = { scopes: [known.place.path], cursor }
    const answer = await this.ask(known.place.execution, about, this.closing.signal).catch(
      (error: unknown) => {
        known.next = cursor
        throw error
      },
    )
    for (const item of answer.items) {
      if (!known.items.has(item.path)) known.items.set(item.path, item)
    }
    known.next = answer.next
    this.set(this.get() + 1)
  }

  private unread(): Scope<T>[] {
    return [...this.scopes.values()].filter(scope => scope.seq < 0)
  }

  private begin(): void {
    if (!this.isReading && !this.closing.signal.aborted) void this.read()
  }

  private async read(): Promise<void> {
    this.isReading = true
    try {
      while (this.isBehind || this.unread().length > 0) {
        const read = this.isBehind ? [...this.scopes.values()].filter(scope => scope.seq >= 0) : []
        this.isBehind = false
        await Promise.all([
          ...grouped(this.unread()).map(group => this.readFirst(group)),
          ...grouped(read).map(group => this.readChanges(group)),
        ])
        this.error = null
        this.set(this.get() + 1)
      }
    } catch (error) {
      this.error = error
      if (!this.closing.signal.aborted) this.readAgain()
    } finally {
      this.isReading = false
    }
  }

  /** What was not answered is asked again, as long as it is on screen: nothing else may happen that
   * would have it asked. */
  private readAgain(): void {
    this.isBehind = true
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.isHeard && this.begin(), AGAIN)
    this.set(this.get() + 1)
  }

  /** Read scopes of an execution: together, if all that is in them fits into an answer. */
  private async readFirst(scopes: Scope<T>[]): Promise<void> {
    const [first] = scopes
    if (!first) return
    const paths = scopes.map(scope => scope.place.path)
    const answer = await this.ask(first.place.execution, { scopes: paths }, this.closing.signal)
    if (scopes.length === 1) fill(first, answer)
    else if (answer.next !== null) await Promise.all(scopes.map(scope => this.readFirst([scope])))
    else {
      const answers = byScope(paths, answer)
      for (const scope of scopes) fill(scope, answers.get(scope.place.path) ?? answer)
    }
  }

  private async readChanges(scopes: Scope<T>[]): Promise<void> {
    const [first] = scopes
    if (!first) return
    const since = Math.min(...scopes.map(scope => scope.seq))
    const about = { scopes: scopes.map(scope => scope.place.path), since }
    const answer = await this.ask(first.place.execution, about, this.closing.signal)
    if (!answer.complete) {
      await this.readFirst(scopes)
      return
    }
    const watched = new Map(scopes.map(scope => [scope.place.path, scope]))
    for (const item of answer.items) watched.get(scopeOf(item.path))?.items.set(item.path, item)
    for (const scope of scopes) scope.seq = answer.seq
  }
}

function begun<T extends { path: string }>(place: Place, known?: Answer<T>): Scope<T> {
  if (!known) return { place, items: new Map(), seq: -1, next: null }
  return { place, items: byPath(known.items), seq: known.seq, next: known.next }
}

function fill<T extends { path: string }>(scope: Scope<T>, answer: Answer<T>): void {
  scope.items = byPath(answer.items)
  scope.next = answer.next
  scope.seq = answer.seq
}

/** An answer about several scopes as one for each of them. None when there is more than was
 * answered: it is not known what of which scope is missing. */
export function byScope<T extends { path: string }>(
  scopes: readonly string[],
  answer: Answer<T>,
): Map<string, Answer<T>> {
  if (answer.next !== null) return new Map()
  const found = new Map(scopes.map(scope => [scope, { ...answer, items: [] as T[] }]))
  for (const item of answer.items) found.get(scopeOf(item.path))?.items.push(item)
  return found
}

function byPlace<T>(scopes: Iterable<Scope<T>>): Map<string, Map<string, Scope<T>>> {
  const found = new Map<string, Map<string, Scope<T>>>()
  for (const scope of scopes) {
    const { execution, path } = scope.place
    const those = found.get(execution) ?? new Map<string, Scope<T>>()
    found.set(execution, those.set(path, scope))
  }
  return found
}

function byPath<T extends { path: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map(item => [item.path, item]))
}

/** Scopes of one execution, not too many at a time. */
function grouped<T>(scopes: Scope<T>[]): Scope<T>[][] {
  const groups = new Map<string, Scope<T>[][]>()
  for (const scope of scopes) {
    const those = groups.get(scope.place.execution) ?? [[]]
    const last = those.at(-1)
    if (last && last.length < TOGETHER) last.push(scope)
    else those.push([scope])
    groups.set(scope.place.execution, those)
  }
  return [...groups.values()].flat()
}
