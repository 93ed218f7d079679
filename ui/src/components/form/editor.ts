import type { Draft } from '@/core/form/draft'
import type { LiteralType } from '@/core/form/types'

/** What each editor of a type is given. */
export interface EditorProps<Kind extends LiteralType = LiteralType> {
  kind: Kind
  draft: Draft
  /** Where it stands: see `core/form/paths`. */
  path: string
  onChange: (draft: Draft) => void
  /** Id of what says what is wrong with it; none: nothing is. */
  told?: string | undefined
}

/** What those who hear the page are told a field is: `rows[3].price`. */
export function labelOf(path: string): string {
  return path.replace(/^\$\.?/, '')
}

/** How a field says that something is wrong with it: what, stands below it and not inside of it. */
export function wrong(told: string | undefined): Record<string, unknown> {
  return told
    ? { error: true, withAria: false, 'aria-invalid': true, 'aria-describedby': told }
    : {}
}
