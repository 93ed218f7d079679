import { ActionIcon, Button } from '@mantine/core'
import { IconArrowBackUp, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { blank, type Draft, UNSET } from '@/core/form/draft'
import { fieldPath } from '@/core/form/paths'
import { type Field, fieldsOf, type RecordType, show } from '@/core/form/types'
import type { EditorProps } from './editor'
import { FieldEditor } from './FieldEditor'
import { useSurroundings } from './surroundings'
import classes from './form.module.css'

/** The fields of a record. */
export function GroupField({ kind, draft, path, onChange }: EditorProps<RecordType>) {
  const drafts = draft.is === 'fields' ? draft.fields : {}
  return (
    <div className={classes.group} role="group" aria-label={show(kind)}>
      {fieldsOf(kind).map(field => (
        <Part
          key={field.name}
          field={field}
          draft={drafts[field.name] ?? UNSET}
          path={fieldPath(path, field.name)}
          onChange={changed =>
            onChange({ is: 'fields', fields: { ...drafts, [field.name]: changed } })
          }
        />
      ))}
    </div>
  )
}

interface PartProps {
  field: Field
  draft: Draft
  path: string
  onChange: (draft: Draft) => void
}

/** A field that need not be given has a default in Python, which only Python knows. */
function Part({ field, draft, path, onChange }: PartProps) {
  const { disabled } = useSurroundings()
  // A field that is opened and in which nothing stands yet counts as left.
  const [isOpen, setOpen] = useState(false)
  const isLeft = field.required === false && draft.is === 'unset' && !isOpen
  return (
    <div className={classes.part}>
      <div className={classes.partName}>
        <span>{field.name}</span>
        <code>{show(field.type)}</code>
      </div>
      {isLeft ? (
        <div className={classes.more}>
          <Button
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            disabled={disabled}
            onClick={() => {
              setOpen(true)
              onChange(blank(field.type))
            }}
          >
            give it
          </Button>
          <span className="faint">its default</span>
        </div>
      ) : (
        <FieldEditor kind={field.type} draft={draft} path={path} onChange={onChange} />
      )}
      {field.required === false && !isLeft && (
        <ActionIcon
          aria-label={`Leave ${field.name} at its default`}
          title="Leave it at its default"
          disabled={disabled}
          onClick={() => {
            setOpen(false)
            onChange(UNSET)
          }}
        >
          <IconArrowBackUp size={14} aria-hidden />
        </ActionIcon>
      )}
    </div>
  )
}
