/** What the palette can do to something that is named behind it. */
export type Verb = 'abort' | 'copy' | 'launch'

/** What is written before the name, shortest last. */
const WRITTEN: readonly (readonly [written: string, verb: Verb])[] = [
  ['abort ', 'abort'],
  ['copy the id of ', 'copy'],
  ['copy id ', 'copy'],
  ['copy ', 'copy'],
  ['launch ', 'launch'],
]

export interface Asked {
  /** None: whatever has that name is looked for. */
  verb?: Verb
  name: string
}

/** What is asked for in the palette: `abort busy` is about what can be aborted. */
export function askedOf(query: string): Asked {
  const line = query.trimStart()
  const found = WRITTEN.find(([written]) => line.toLowerCase().startsWith(written))
  if (!found) return { name: line.trim() }
  const [written, verb] = found
  return { verb, name: line.slice(written.length).trim() }
}

/** Whether every word of a query is somewhere in a label. */
export function fits(label: string, query: string): boolean {
  const text = label.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}
