import type { Given } from '@/core/form/form'
import { newName } from '@/core/form/names'
import type { Options } from '@/core/form/options'

/** What stands in a form of a launch. `name`: of the execution that it will start, one only. */
export interface Typed {
  name: string
  given: Given
  options: Options
}

export function fresh(given: Given, options: Options): Typed {
  return { name: newName(), given, options }
}

/** What was typed in this tab, when the page was left or loaded anew. */
export function keptTyped(key: string): Typed | null {
  try {
    const text = sessionStorage.getItem(`volery.launch.${key}`)
    return text ? (JSON.parse(text) as Typed) : null
  } catch {
    return null
  }
}

export function keep(key: string, typed: Typed | null): void {
  try {
    if (typed) sessionStorage.setItem(`volery.launch.${key}`, JSON.stringify(typed))
    else sessionStorage.removeItem(`volery.launch.${key}`)
  } catch {
    // Storage may be full or forbidden: then it lasts as long as the page.
  }
}
