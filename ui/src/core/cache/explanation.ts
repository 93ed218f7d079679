/** Why a node execution was found in the cache, or had to run: in words. */
const CAUSES: Record<string, string> = {
  found: 'Found in the cache: nothing was run.',
  recovered: 'Taken over from the execution that this one goes on from.',
  uncached: 'It is not cached: its task does not ask for it. cache=True keeps what it gives.',
  'unknown code':
    'Its task has neither a version nor a fingerprint, so nobody knows what equal work is.',
  overwritten: 'This execution looks nothing up in the cache, and fills it anew.',
  expired: 'There was an equal entry, whose time had come to its end.',
  gone: 'There was an equal entry, but what it refers to is gone.',
  meanwhile: 'Equal work was done by another execution at the same time.',
  different: 'No entry has the same key. The nearest one differs in what is marked.',
  first: 'No entry of this task was there: it was the first.',
}

export function causeInWords(cause: string): string {
  return CAUSES[cause] ?? cause
}

/** A part of a key, here and in the entry that it is compared with. */
export interface KeyPart {
  name: string
  here: string | null
  there: string | null
  differs: boolean
}

type Parts = readonly (readonly unknown[])[]

interface Difference {
  part: string
  here: string | null
  there: string | null
}

/** The parts of a key, those that differ first. */
export function keyParts(parts: Parts, differences: readonly Difference[]): KeyPart[] {
  const differing = new Set(differences.map(each => each.part))
  const same = parts
    .map(([name, here]) => ({ name: String(name), here: String(here) }))
    .filter(({ name }) => !differing.has(name))
  return [
    ...differences.map(({ part, here, there }) => ({ name: part, here, there, differs: true })),
    ...same.map(({ name, here }) => ({ name, here, there: here, differs: false })),
  ]
}
