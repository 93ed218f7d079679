import { createContext, useContext, useMemo } from 'react'
import { constraintsAt } from '@/core/form/constraints'
import { ROOT } from '@/core/form/paths'
import { type FormProblem, problemsAt } from '@/core/form/problems'
import type { Constraint } from '@/core/form/types'

/** What all fields of a form share. */
export interface Surroundings {
  problems: readonly FormProblem[]
  disabled: boolean
  /** Told when an upload begins; gives what is to be called when it is over. */
  onUpload: () => () => void
}

const Context = createContext<Surroundings>({
  problems: [],
  disabled: false,
  onUpload: () => () => undefined,
})

export const FormSurroundings = Context.Provider

export function useSurroundings(): Surroundings {
  return useContext(Context)
}

/** What the values of an input keep to. `path`: of the input. */
interface Constrained {
  path: string
  constraints: readonly Constraint[]
}

const ConstraintContext = createContext<Constrained>({ path: ROOT, constraints: [] })

export const InputConstraints = ConstraintContext.Provider

/** What the value at a place of the form keeps to. */
export function useConstraints(path: string): readonly Constraint[] {
  const { path: input, constraints } = useContext(ConstraintContext)
  return useMemo(() => constraintsAt(constraints, input, path), [constraints, input, path])
}

/** What is wrong at a place of the form. */
export function useProblems(path: string): readonly FormProblem[] {
  return problemsAt(useContext(Context).problems, path)
}
