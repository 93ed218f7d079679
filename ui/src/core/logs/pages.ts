/** Lines of a page: what is asked for at a time. */
export const PAGE = 200

/** Pages that are kept at hand; the least recently wanted go first. */
export const KEPT = 60

/** The pages that some lines are on. */
export function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / PAGE)
  const to = Math.floor(Math.max(0, last) / PAGE)
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

/** Pages of lines, of a log that may still grow. */
export class Pages<T> {
  private readonly pages = new Map<number, T[]>()

  line(position: number): T | undefined {
    return this.pages.get(Math.floor(position / PAGE))?.[position % PAGE]
  }

  /** How many lines of a page are here. */
  held(page: number): number {
    return this.pages.get(page)?.length ?? 0
  }

  /** Takes lines in that begin where those of their page end, or anew. What leaves a gap is no use,
   * and left out.
   */
  put(first: number, lines: readonly T[]): void {
    let rest = lines
    let at = first
    while (rest.length > 0) {
      const page = Math.floor(at / PAGE)
      const start = at % PAGE
      const known = this.pages.get(page) ?? []
      const some = rest.slice(0, PAGE - start)
      if (start <= known.length) {
        this.keep(page, [...known.slice(0, start), ...some, ...known.slice(start + some.length)])
      }
      rest = rest.slice(some.length)
      at += some.length
    }
  }

  /** Says that a page is looked at. */
  touch(page: number): void {
    const known = this.pages.get(page)
    if (known) this.keep(page, known)
  }

  private keep(page: number, lines: T[]): void {
    this.pages.delete(page)
    this.pages.set(page, lines)
    for (const old of this.pages.keys()) {
      if (this.pages.size <= KEPT) return
      this.pages.delete(old)
    }
  }
}
