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
/** Pixels from the middle of a cross to its sides, where there is room. */
const CROSS = 3
/** Room for a mark above a bar. */
const MARK = 9
const MARKS: Partial<Record<Phase, Mark>> = { FAILED: 'cross', ABORTED: 'square' }

/** Bars beside each other, as few paths: there may be thousands of them on a page.
 *
 * @param room pixels that the highest of them has
 * @param unit pixels that each of them is wide: marks are not stretched with them
 */
export function drawn(bars: readonly (Bar | null)[], room: number, unit = 16): Drawn[] {
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
    if (mark) add(mark, bar.phase, pathOf(mark, at + 0.5, top - MARK / 2, unit))
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

function pathOf(mark: Mark, x: number, y: number, unit: number): string {
  if (mark !== 'cross') return point(x, y)
  const half = round(Math.min(0.5 - GAP, CROSS / unit))
  return `M${round(x - half)} ${y - CROSS}l${2 * half} ${2 * CROSS}m0 ${-2 * CROSS}l${-2 * half} ${2 * CROSS}`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
