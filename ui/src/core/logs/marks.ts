import type { Span } from '../ansi/parse'

/** A part of a line; `found`: it is what was searched for. */
export interface Mark extends Span {
  found: boolean
}

/** Spans of a line, cut where a text that is searched for begins and ends; case does not count. */
export function marked(spans: Span[], text: string): Mark[] {
  const wanted = text.toLowerCase()
  const line = spans.map(span => span.text).join('')
  const lower = line.toLowerCase()
  // Some letters have more of them in lower case: then places in one are not those in the other.
  if (!wanted || lower.length !== line.length) return spans.map(span => ({ ...span, found: false }))
  const places = placesOf(lower, wanted)
  const marks: Mark[] = []
  let at = 0
  for (const span of spans) {
    const end = at + span.text.length
    const cuts = [at, ...places.flat().filter(place => place > at && place < end), end]
    for (let index = 0; index + 1 < cuts.length; index += 1) {
      const [from, to] = [cuts[index] ?? 0, cuts[index + 1] ?? 0]
      const found = places.some(([start, stop]) => start <= from && to <= stop)
      if (from < to) marks.push({ text: line.slice(from, to), style: span.style, found })
    }
    at = end
  }
  return marks
}

const MOST = 200

function placesOf(line: string, wanted: string): [number, number][] {
  const places: [number, number][] = []
  let at = line.indexOf(wanted)
  while (at >= 0 && places.length < MOST) {
    places.push([at, at + wanted.length])
    at = line.indexOf(wanted, at + wanted.length)
  }
  return places
}
