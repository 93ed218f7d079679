import { Textarea } from '@mantine/core'
import { useEffect, useState } from 'react'
import { type Form, type Given, givenOf, wholeTree } from '@/core/form/form'
import { type Json, NotJson, readJson, writeJson } from '@/core/form/json'
import { ROOT } from '@/core/form/paths'
import type { FormProblem } from '@/core/form/problems'
import { Problems } from './Problems'
import { useSurroundings } from './surroundings'
import classes from './form.module.css'

export type Language = 'json' | 'yaml'

interface Notation {
  read: (text: string) => Json
  write: (tree: Json) => string
}

interface FormTextProps {
  form: Form
  given: Given
  language: Language
  onGiven: (given: Given) => void
  /** Told whether the text says something: while it does not, nothing can be sent. */
  onReadable: (isReadable: boolean) => void
}

/** The same inputs as JSON or YAML. What is typed goes to the fields as soon as it can be read. */
export function FormText({ form, given, language, onGiven, onReadable }: FormTextProps) {
  const { disabled, problems } = useSurroundings()
  const notation = useNotation(language)
  const [typed, setTyped] = useState<string | null>(null)
  const [unreadable, setUnreadable] = useState<readonly FormProblem[]>([])
  if (!notation)
    return <Textarea size="xs" aria-label="Inputs" disabled minRows={8} autosize value="" />

  const change = (text: string) => {
    setTyped(text)
    const found = readAll(form, notation, text)
    setUnreadable(found.problems)
    onReadable(found.problems.length === 0)
    if (found.given) onGiven(found.given)
  }
  const shown = typed ?? notation.write(wholeTree(form, given))
  const inside = problems.map(each => ({ ...each, message: `${each.path}: ${each.message}` }))
  return (
    <div className={classes.field}>
      <Textarea
        size="xs"
        aria-label={`Inputs as ${language.toUpperCase()}`}
        value={shown}
        disabled={disabled}
        autosize
        minRows={8}
        maxRows={32}
        spellCheck={false}
        classNames={{ input: classes.code }}
        styles={{ input: { maxWidth: 'none' } }}
        error={unreadable.length > 0}
        onChange={event => change(event.currentTarget.value)}
      />
      <Problems of={unreadable.length ? unreadable : inside} />
    </div>
  )
}

function readAll(
  form: Form,
  notation: Notation,
  text: string,
): { given: Given | null; problems: readonly FormProblem[] } {
  try {
    const { given, problems } = givenOf(form, text.trim() ? notation.read(text) : {})
    return { given: problems.length ? null : given, problems }
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    return { given: null, problems: [{ path: ROOT, message: error.message }] }
  }
}

const JSON_NOTATION: Notation = { read: readJson, write: tree => writeJson(tree, 2) }

/** YAML comes when it is looked at. */
function useNotation(language: Language): Notation | null {
  const [yaml, setYaml] = useState<Notation | null>(null)
  useEffect(() => {
    if (language !== 'yaml') return
    import('@/core/form/yaml').then(found =>
      setYaml({ read: found.readYaml, write: found.writeYaml }),
    )
  }, [language])
  return language === 'json' ? JSON_NOTATION : yaml
}
