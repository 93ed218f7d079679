import { ActionIcon, Button } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { blank, type Row, row } from '@/core/form/draft'
import { itemPath } from '@/core/form/paths'
import { type ListType, type SetType, show, type TupleType } from '@/core/form/types'
import { elementOf } from '@/core/form/writing'
import type { EditorProps } from './editor'
import { FieldEditor } from './FieldEditor'
import { useSurroundings } from './surroundings'
import classes from './form.module.css'

const STEP = 50

/** The elements of a list, a set or a tuple, a row each. */
export function RowsField({
  kind,
  draft,
  path,
  onChange,
}: EditorProps<ListType | SetType | TupleType>) {
  const { disabled } = useSurroundings()
  const [most, setMost] = useState(STEP)
  const rows = draft.is === 'rows' ? draft.rows : []
  const isFixed = kind.type === 'tuple'
  const set = (changed: readonly Row[]) => onChange({ is: 'rows', rows: changed })

  if (isFixed && rows.length < kind.elements.length) {
    const filled = kind.elements.map((each, index) => rows[index] ?? row(blank(each)))
    return (
      <Button leftSection={<IconPlus size={14} />} disabled={disabled} onClick={() => set(filled)}>
        {show(kind)}
      </Button>
    )
  }
  return (
    <div className={classes.rows}>
      {rows.slice(0, most).map((each, index) => (
        <div key={each.id} className={classes.row}>
          <span className={classes.index}>{index}</span>
          <FieldEditor
            kind={elementOf(kind, index)}
            draft={each.draft}
            path={itemPath(path, index)}
            onChange={changed => set(rows.with(index, { ...each, draft: changed }))}
          />
          {!isFixed && (
            <ActionIcon
              aria-label={`Remove element ${index}`}
              title="Remove"
              disabled={disabled}
              onClick={() => set(rows.toSpliced(index, 1))}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          )}
        </div>
      ))}
      {!isFixed || rows.length > most ? (
        <div className={classes.more}>
          {rows.length > most && (
            <Button variant="subtle" onClick={() => setMost(most + STEP)}>
              {rows.length - most} more
            </Button>
          )}
          {!isFixed && (
            <Button
              variant="subtle"
              leftSection={<IconPlus size={14} />}
              disabled={disabled}
              onClick={() => {
                set([...rows, row(blank(kind.element))])
                setMost(Math.max(most, rows.length + 1))
              }}
            >
              {show(kind.element)}
            </Button>
          )}
          {rows.length === 0 && <span className="faint">empty</span>}
        </div>
      ) : (
        rows.length === 0 && <span className="faint">()</span>
      )}
    </div>
  )
}
