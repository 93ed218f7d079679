import { ActionIcon, Button } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useMemo } from 'react'
import { blank, type Draft } from '@/core/form/draft'
import { draftOf, type FormInput, type Given } from '@/core/form/form'
import { writeJson } from '@/core/form/json'
import { fieldPath, ROOT } from '@/core/form/paths'
import { show } from '@/core/form/types'
import { FieldEditor } from './FieldEditor'
import { Problems } from './Problems'
import { InputConstraints, useProblems, useSurroundings } from './surroundings'
import classes from './input.module.css'

const SHOWN = 160

interface InputFieldProps {
  input: FormInput
  given: Given
  /** The earlier execution that the form begins with. */
  earlier?: string | undefined
  /** Undefined: it is as it was before again. */
  onGive: (draft: Draft | undefined) => void
  onLeave?: () => void
}

/** An input: its name, type and description, where its value comes from, and its field. */
export function InputField({ input, given, earlier, onGive, onLeave }: InputFieldProps) {
  const { disabled } = useSurroundings()
  const draft = draftOf(input, given)
  const isGiven = input.name in given
  const path = fieldPath(ROOT, input.name)
  const { constraints } = input
  const constrained = useMemo(() => ({ path, constraints }), [path, constraints])
  return (
    <div
      role="group"
      aria-label={`input ${input.name}`}
      className={classes.root}
      data-given={isGiven || undefined}
      onBlur={onLeave}
    >
      <div className={classes.words}>
        <div className={classes.head}>
          <span className={classes.name}>{input.name}</span>
          <code className={classes.type}>{show(input.type)}</code>
        </div>
        {input.description && <p className={classes.description}>{input.description}</p>}
      </div>
      <div className={classes.value}>
        {draft ? (
          <InputConstraints value={constrained}>
            <FieldEditor kind={input.type} draft={draft} path={path} onChange={onGive} />
          </InputConstraints>
        ) : (
          <Kept input={input} onGive={onGive} />
        )}
      </div>
      <div className={classes.origin}>
        {input.base && !isGiven && <span className={classes.mark}>{originOf(input, earlier)}</span>}
        {input.base && isGiven && (
          <ActionIcon
            aria-label={`Take ${input.name} back to ${originOf(input, earlier)}`}
            title={`Back to ${originOf(input, earlier)}`}
            disabled={disabled}
            onClick={() => onGive(undefined)}
          >
            <IconArrowBackUp size={15} aria-hidden />
          </ActionIcon>
        )}
      </div>
    </div>
  )
}

function originOf(input: FormInput, earlier: string | undefined): string {
  if (input.base?.from === 'earlier') return earlier ? `as in ${earlier}` : 'as before'
  return 'default'
}

/** A value that is passed on as it is: it is kept elsewhere, or only a program can write it. */
function Kept({ input, onGive }: Pick<InputFieldProps, 'input' | 'onGive'>) {
  const { disabled } = useSurroundings()
  const problems = useProblems(fieldPath(ROOT, input.name))
  const told = writeJson(input.base?.tree ?? null)
  return (
    <div className={classes.kept}>
      <code>{told.length > SHOWN ? `${told.slice(0, SHOWN)}…` : told}</code>
      <Button variant="subtle" disabled={disabled} onClick={() => onGive(blank(input.type))}>
        Give another
      </Button>
      <Problems of={problems} />
    </div>
  )
}
