import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { launch, relaunch, type Launch } from '@/api/executions/acts'
import { ProblemError } from '@/api/problem'
import type { Draft } from '@/core/form/draft'
import {
  begin,
  type Form,
  formOf,
  type Given,
  give,
  keptOf,
  problemsIn,
  treeOf,
} from '@/core/form/form'
import {
  optionFields,
  optionProblems,
  type Options,
  NO_OPTIONS,
  optionsLike,
} from '@/core/form/options'
import { pick } from '@/core/form/packing'
import { fieldPath, isWithin, ROOT } from '@/core/form/paths'
import { type FormProblem, problemsOf } from '@/core/form/problems'
import { fromBase64, toBase64 } from './base64'
import { fresh, keep, keptTyped, type Typed } from './kept'
import { useWhenReleased } from './released'
import type { Target } from './useTarget'

/** The form of a launch: what stands in it, what is wrong with it, and sending it. */
export function useLaunch(target: Target, key: string) {
  const navigate = useNavigate()
  const form = useMemo(() => formOfTarget(target), [target])
  const [typed, setTyped] = useState(() => keptTyped(key) ?? untouched(form, target))
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [isTried, setTried] = useState(false)
  const [mended, setMended] = useState<readonly string[]>([])
  const whenReleased = useWhenReleased()

  useEffect(() => keep(key, typed), [key, typed])

  const body = () => launchOf(target, form, typed)
  const sending = useMutation({
    mutationFn: () =>
      target.isPinned && target.earlier
        ? relaunch(target.earlier.execution.id, body())
        : launch(body()),
    onMutate: () => setMended([]),
    onSuccess: started => {
      keep(key, null)
      navigate({ to: '/executions/$id', params: { id: started.id } })
    },
  })

  const own = [...problemsIn(form, typed.given), ...optionProblems(typed.options)]
  const seen = own.filter(each => isTried || [...left].some(path => isWithin(each.path, path)))
  const theirs = refused(sending.error).filter(
    each => !mended.some(path => isWithin(each.path, path)),
  )

  return {
    form,
    typed,
    body,
    /** What is wrong and may be told now: of what somebody has left, or has tried to send. */
    problems: [...seen, ...theirs],
    /** Why it was refused, where that is no problem of a field. */
    error: refused(sending.error).length ? null : sending.error,
    isSending: sending.isPending,
    give: (name: string, draft: Draft | undefined) => {
      setMended(paths => [...paths, fieldPath(ROOT, name)])
      setTyped(was => ({ ...was, given: give(form, was.given, name, draft) }))
    },
    setGiven: (given: Given) => {
      setMended([ROOT])
      setTyped(was => ({ ...was, given }))
    },
    setOptions: (options: Options) => {
      setMended([ROOT])
      setTyped(was => ({ ...was, options }))
    },
    leave: (name: string) => {
      if (!(name in typed.given)) return
      whenReleased(() => setLeft(paths => new Set([...paths, fieldPath(ROOT, name)])))
    },
    clear: () => {
      setTyped(untouched(form, target))
      setTried(false)
      setLeft(new Set())
      sending.reset()
    },
    /** False: something is wrong, and is shown now. */
    send: (): boolean => {
      setTried(true)
      if (own.length === 0 && !sending.isPending) sending.mutate()
      return own.length === 0
    },
  }
}

export type LaunchForm = ReturnType<typeof useLaunch>

function formOfTarget({ entity, earlier }: Target): Form {
  return formOf(entity.inputs, entity.defaults, earlier?.values ?? null)
}

function untouched(form: Form, { earlier }: Target): Typed {
  return fresh(begin(form), earlier ? optionsLike(earlier.execution) : NO_OPTIONS)
}

/** Inputs that stay as they were go as they are: packed, whatever they are. */
function launchOf(target: Target, form: Form, { given, options, name }: Typed): Launch {
  const kept = new Set(target.isPinned ? [] : keptOf(form, given))
  const record = kept.size && target.earlier ? pick(fromBase64(target.earlier.record), kept) : null
  return {
    entity: target.entity.key,
    inputs: treeOf(form, given),
    ...(record && { record: toBase64(record) }),
    options: optionFields(options, name),
  }
}

/** Problems of fields; nothing: the error is of another kind. */
function refused(error: unknown): FormProblem[] {
  const isOfFields =
    error instanceof ProblemError && [400, 422].includes(error.status) && error.problem.path
  return isOfFields ? problemsOf(error.problem) : []
}
