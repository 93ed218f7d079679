import { hasEnded, type Phase } from '../phase/phase'

/** How something went, in little room: as high as it was long, in the colour of its phase, and with a
 * mark where somebody should look. */
export interface Bar {
  phase: Phase
  /** From 0 to 1: how long it took among its like. */
  height: number
  isReused?: boolean
  /** It has succeeded, but not at once. */
  isRetried?: boolean
}

type Mark = 'cross' | 'square' | 'dot'

/** What bars and marks are drawn as: `open` ones are outlines, of what goes on. */
export type Look = 'bar' | 'open' | 'reused' | Mark

/** All that looks alike, in one path. A bar is one unit wide and stands on the height below it. */
export interface Drawn {
  look: Look
  phase: Phase
  d: string
}

/** Room between a bar and its neighbours, of the unit that it has. */
const GAP = 0.12
/** Room for a mark above a bar. */
const MARK = 9
const MARKS: Partial<Record<Phase, Mark>> = { FAILED: 'cross', ABORTED: 'square' }

/** Bars beside each other, as few paths: there may be thousands of them on a page.
 *
 * @param room pixels that the highest of them has
 */
export function drawn(bars: readonly (Bar | null)[], room: number): Drawn[] {
  const paths = new Map<string, Drawn>()
  const add = (look: Look, phase: Phase, d: string) => {
    const key = `${look} ${phase}`
    const path = paths.get(key)
    if (path) path.d += d
    else paths.set(key, { look, phase, d })
  }
  bars.forEach((bar, at) => {
    if (!bar) return
    const mark = markOf(bar)
    const top = room - Math.min(highOf(bar, room), mark ? room - MARK : room)
    add(lookOf(bar), bar.phase, box(at, top, room))
    if (mark) add(mark, bar.phase, MARK_PATHS[mark](at + 0.5, top - MARK / 2))
  })
  return [...paths.values()]
}

function lookOf({ phase, isReused }: Bar): Look {
  if (isReused) return 'reused'
  return hasEnded(phase) ? 'bar' : 'open'
}

function markOf({ phase, isReused, isRetried }: Bar): Mark | undefined {
  if (isReused) return undefined
  if (isRetried) return 'dot'
  return MARKS[phase]
}

/** What is short can still be seen, and what has no length has none. */
function highOf({ phase, height, isReused }: Bar, room: number): number {
  if (isReused) return 3
  if (phase === 'SKIPPED') return 2
  return Math.max(hasEnded(phase) ? 3 : 5, Math.round(height * room))
}

function box(at: number, top: number, bottom: number): string {
  return `M${round(at + GAP)} ${top}H${round(at + 1 - GAP)}V${bottom}H${round(at + GAP)}Z`
}

/** A line without length: how it ends is all that is seen of it. */
const point = (x: number, y: number) => `M${x} ${y}h0`

const MARK_PATHS: Record<Mark, (x: number, y: number) => string> = {
  cross: (x, y) => `M${round(x - 0.17)} ${y - 3}l.34 6m0 -6l-.34 6`,
  square: point,
  dot: point,
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
