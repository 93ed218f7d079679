import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { ProblemError } from '@/api/problem'
import { FieldEditor } from '@/components/form/FieldEditor'
import { FormSurroundings } from '@/components/form/surroundings'
import { begin, formOf, problemsIn, treeOf } from '@/core/form/form'
import type { Json } from '@/core/form/json'
import type { Site, Snippets } from '@/core/copy/snippets'
import { fieldPath, ROOT } from '@/core/form/paths'
import { type FormProblem, problemsOf } from '@/core/form/problems'
import type { LiteralType } from '@/core/form/types'
import { draftOf } from '@/core/form/form'
import { CopyAs } from './CopyAs'
import { Refusal } from './Refusal'
import classes from './gate.module.css'

const NAME = 'value'

interface AnswerProps {
  kind: LiteralType
  /** Of the gate. */
  name: string
  isBusy: boolean
  error: unknown
  onAnswer: (value: Json) => void
  /** What does the same elsewhere. */
  copied: (site: Site, value: Json) => Snippets
}

/** The field for the value that a gate waits for. */
export function Answer({ kind, name, isBusy, error, onAnswer, copied }: AnswerProps) {
  const form = useMemo(() => formOf([{ name: NAME, type: kind }]), [kind])
  const [given, setGiven] = useState(() => begin(form))
  const [isTried, setTried] = useState(false)
  const [uploads, setUploads] = useState(0)
  const own = problemsIn(form, given)
  const told = isTried ? [...own, ...serverProblems(error)] : []
  const [input] = form
  const draft = input && draftOf(input, given)
  const surroundings = {
    problems: told,
    disabled: isBusy,
    onUpload: () => {
      setUploads(count => count + 1)
      return () => setUploads(count => count - 1)
    },
  }
  const value = own.length ? undefined : treeOf(form, given)[NAME]
  const send = () => {
    setTried(true)
    if (value !== undefined) onAnswer(value)
  }
  return (
    <form
      aria-label={`Answer ${name}`}
      onSubmit={event => {
        event.preventDefault()
        send()
      }}
    >
      <FormSurroundings value={surroundings}>
        {draft && (
          <FieldEditor
            kind={kind}
            draft={draft}
            path={fieldPath(ROOT, NAME)}
            onChange={changed => setGiven({ [NAME]: changed })}
          />
        )}
      </FormSurroundings>
      {serverProblems(error).length === 0 && <Refusal error={error} />}
      <div className={classes.acts}>
        <Button type="submit" variant="filled" loading={isBusy} disabled={uploads > 0}>
          Send
        </Button>
        <span className={classes.copy}>
          <CopyAs of={site => copied(site, value ?? null)} disabled={value === undefined} />
        </span>
      </div>
    </form>
  )
}

/** The server names places inside of the value alone, from `$`. */
function serverProblems(error: unknown): FormProblem[] {
  if (!(error instanceof ProblemError) || error.status !== 422) return []
  const field = fieldPath(ROOT, NAME)
  return problemsOf(error.problem).map(each => ({ ...each, path: field + each.path.slice(1) }))
}
