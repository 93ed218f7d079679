import type { JournalEvent } from '@/core/journal/words'
import { client, data } from '../client'
import { Store } from '../store'

export const PAGE = 1000
/** So many lines stay here; older ones are read again when somebody wants them. */
const KEPT = 20_000

/**
 * The lines of an execution's journal, with those of the executions that it started: the end of it
 * first, what came before on request, what comes as it comes. Its value is the list, in order.
 */
export class Journal extends Store<readonly JournalEvent[]> {
  error: unknown = null
  /** Everything from the beginning is there. */
  isWhole = false
  /** Lines that have come since it was begun. */
  private first = Infinity
  private last = 0
  private isBegun = false
  /** Lines that come while the end is read; null: it was. */
  private meanwhile: JournalEvent[] | null = []

  constructor(private readonly execution: string) {
    super([])
  }

  /** Read the end of it. @param end `seq` of the last line that is known of: there may be more */
  async begin(end: number): Promise<void> {
    if (this.isBegun) return
    this.isBegun = true
    this.first = end + 1
    await this.read(Infinity)
    const come = this.meanwhile ?? []
    this.meanwhile = null
    this.put(come)
  }

  /** Read what came behind the last line, and was not told. */
  async later(): Promise<void> {
    if (!this.isBegun) return
    const found = await this.between(Math.max(this.last, this.first - 1), Infinity)
    if (found.length > 0) this.put(found)
  }

  /** Read what came before. Lines of all executions are counted together, so that it is not known
   * how far back a page begins; it is looked for in steps that grow. */
  async earlier(): Promise<void> {
    await this.read(this.first)
  }

  private async read(before: number): Promise<void> {
    try {
      // One line less than a page: where none is missing a page that is not full says that it is all.
      for (let back = PAGE - 1; !this.isWhole; back *= 8) {
        const after = Math.max(0, this.first - 1 - back)
        const found = await this.between(after, before)
        this.isWhole = after === 0 && found.length < PAGE
        if (found.length > 0) {
          this.put(found)
          return
        }
        if (after === 0) this.isWhole = true
      }
      this.set([...this.get()])
    } catch (error) {
      this.error = error
      this.set([...this.get()])
    }
  }

  /** Lines that have just come. */
  add(events: readonly JournalEvent[]): void {
    if (!this.isBegun) return
    if (this.meanwhile) this.meanwhile.push(...events)
    else this.put(events)
  }

  private async between(after: number, before: number): Promise<JournalEvent[]> {
    const found: JournalEvent[] = []
    let from = after
    for (;;) {
      const page = await this.page(from)
      found.push(...page.filter(line => line.seq < before))
      const last = page.at(-1)
      if (page.length < PAGE || !last || last.seq >= before) return found.slice(-5 * PAGE)
      from = last.seq
    }
  }

  private page(after: number): Promise<JournalEvent[]> {
    const params = { path: { id: this.execution }, query: { after, limit: PAGE } }
    return data(client.GET('/api/v1/executions/{id}/journal', { params }))
  }

  private put(events: readonly JournalEvent[]): void {
    const before = events.filter(event => event.seq < this.first)
    const behind = events.filter(event => event.seq > this.last && event.seq >= this.first)
    const lines = [...before, ...this.get(), ...behind]
    const kept = behind.length > 0 && lines.length > KEPT ? lines.slice(-KEPT) : lines
    if (kept.length < lines.length) this.isWhole = false
    this.first = kept[0]?.seq ?? this.first
    this.last = kept.at(-1)?.seq ?? this.last
    this.set(kept)
  }
}
