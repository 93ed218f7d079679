import { Kept } from '@/api/store'

/** A filter line under a name. */
export interface View {
  name: string
  line: string
}

/** Those that everybody has. */
export const USUAL_VIEWS: readonly View[] = [
  { name: 'Running', line: 'phase:running' },
  { name: 'Failed within a day', line: 'phase:failed started:24h' },
]

const kept = new Kept('views', '[]')

/** The views that were saved in this browser. */
export { kept as views }

export function readViews(text: string): View[] {
  try {
    const found: unknown = JSON.parse(text)
    return Array.isArray(found) ? found.filter(isView) : []
  } catch {
    return []
  }
}

function isView(value: unknown): value is View {
  return typeof value === 'object' && value !== null && 'name' in value && 'line' in value
}

/** Saves a line under a name; another one of that name makes room. */
export function saveView(view: View): void {
  const others = readViews(kept.get()).filter(each => each.name !== view.name)
  kept.set(JSON.stringify([...others, view]))
}

export function removeView(name: string): void {
  kept.set(JSON.stringify(readViews(kept.get()).filter(each => each.name !== name)))
}
