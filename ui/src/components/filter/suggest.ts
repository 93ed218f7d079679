import { client, data } from '@/api/client'
import type { PlaceOf } from '@/api/projects/queries'
import type { Term } from '@/core/filter/line'

export interface Suggestion {
  text: string
  hint?: string | undefined
  /** It is a beginning: what follows is still to come. */
  goesOn?: boolean
}

/** What is being written, and where it is looked for. */
export interface Typing {
  prefix: string
  place: PlaceOf
  signal: AbortSignal
}

/** What a filter line can suggest. */
export interface Suggest {
  /** Of the list, for the cache. */
  name: string
  /** Keys with what they mean. */
  keys: Record<string, string>
  /** Values of a key that begin so; of the key `''`, bare words. */
  values: (key: string, typing: Typing) => readonly Suggestion[] | Promise<readonly Suggestion[]>
}

const MOST = 12

/** What fits a term that is being written: keys before its colon, and values. */
export function suggested(
  keys: Record<string, string>,
  { key, value }: Term,
  values: readonly Suggestion[],
): Suggestion[] {
  const fitting = values
    .filter(({ text }) => text.toLowerCase().includes(value.toLowerCase()) && text !== value)
    .slice(0, MOST)
  if (key !== '') return fitting
  const begun = Object.entries(keys)
    .filter(([name]) => name.startsWith(value))
    .map(([name, hint]) => ({ text: name.endsWith('.') ? name : `${name}:`, hint, goesOn: true }))
  return [...begun, ...fitting]
}

type Field = 'name' | 'version' | 'label' | 'id' | 'task' | 'workflow' | 'launch_plan'

/** What the server knows that begins so. */
export async function known(
  field: Field,
  { prefix, place, signal }: Typing,
): Promise<Suggestion[]> {
  const query = { field, prefix: prefix.replace(/\*$/, ''), limit: MOST, ...place }
  const found = await data(client.GET('/api/v1/suggestions', { params: { query }, signal }))
  return found.map(text => ({ text }))
}
