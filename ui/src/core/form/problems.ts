/** What is wrong in a form, by the place in it. */
import { isWithin, ROOT } from './paths'

/** `path`: see `paths`; `hint`: what to do about it. */
export interface FormProblem {
  readonly path: string
  readonly message: string
  readonly hint?: string | undefined
}

/** What this needs to know of an error answer of the server. */
export interface Told {
  readonly detail: string
  readonly path?: string | null | undefined
  readonly hint?: string | null | undefined
  readonly problems?: readonly ToldPart[] | undefined
}

interface ToldPart {
  readonly message: string
  readonly path?: string | null | undefined
  readonly hint?: string | null | undefined
}

/** The problems that the server tells of, each at its place; one without is about the whole. */
export function problemsOf({ detail, path, hint, problems }: Told): FormProblem[] {
  const parts = problems?.length ? problems : [{ message: detail, path, hint }]
  return parts.map(each => ({
    path: each.path ?? ROOT,
    message: each.message,
    ...(each.hint && { hint: each.hint }),
  }))
}

/** Problems at a place itself. */
export function problemsAt(problems: readonly FormProblem[], path: string): FormProblem[] {
  return problems.filter(each => each.path === path)
}

/** Problems that none of the given places shows: they belong to the form as a whole. */
export function problemsElsewhere(
  problems: readonly FormProblem[],
  shown: readonly string[],
): FormProblem[] {
  return problems.filter(each => !shown.some(path => isWithin(each.path, path)))
}
