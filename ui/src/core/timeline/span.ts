/** A stretch of time, in seconds. */
export interface Span {
  from: number
  to: number
}

/** Shorter than this nothing is looked at. */
const LEAST = 0.002

/** Where a moment is in a span: 0 at its beginning, 1 at its end. */
export function part(span: Span, at: number): number {
  return (at - span.from) / (span.to - span.from)
}

/** The moment at a part of a span. */
export function moment(span: Span, at: number): number {
  return span.from + at * (span.to - span.from)
}

/** The span between two moments, in whichever order they come, inside of `whole`. */
export function between(a: number, b: number, whole: Span): Span {
  const from = Math.max(whole.from, Math.min(a, b))
  const to = Math.min(whole.to, Math.max(a, b))
  return to - from < LEAST ? whole : { from, to }
}

/** Nearer (`factor` below 1) or further away, with the moment at `at` where it was. */
export function zoom(span: Span, factor: number, at: number, whole: Span): Span {
  const length = Math.min(Math.max((span.to - span.from) * factor, LEAST), whole.to - whole.from)
  const anchor = moment(span, at)
  return kept({ from: anchor - at * length, to: anchor + (1 - at) * length }, whole)
}

/** Shifted by a part of itself. */
export function pan(span: Span, by: number, whole: Span): Span {
  const seconds = by * (span.to - span.from)
  return kept({ from: span.from + seconds, to: span.to + seconds }, whole)
}

function kept({ from, to }: Span, whole: Span): Span {
  const shift = Math.max(0, whole.from - from) - Math.max(0, to - whole.to)
  return { from: Math.max(whole.from, from + shift), to: Math.min(whole.to, to + shift) }
}

const STEPS = [
  0.001,
  0.002,
  0.005,
  0.01,
  0.02,
  0.05,
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  4 * 3600,
  6 * 3600,
  12 * 3600,
  86400,
  2 * 86400,
  7 * 86400,
]

/** Moments to write at the axis: seconds since `zero`, at round values, at most `most` of them. */
export function ticks(span: Span, zero: number, most: number): number[] {
  const length = span.to - span.from
  const step = STEPS.find(each => length / each <= most) ?? length / most
  const first = Math.ceil((span.from - zero) / step - 1e-9)
  const last = Math.floor((span.to - zero) / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => (first + at) * step)
}
