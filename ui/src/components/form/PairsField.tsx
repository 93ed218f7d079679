import { ActionIcon, Button } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { blank, type Draft, type Pair, pair } from '@/core/form/draft'
import { entryPath } from '@/core/form/paths'
import { toKey } from '@/core/form/scalars'
import { type LiteralType, type MapType, show } from '@/core/form/types'
import { write } from '@/core/form/writing'
import type { EditorProps } from './editor'
import { FieldEditor } from './FieldEditor'
import { useSurroundings } from './surroundings'
import classes from './form.module.css'

const STEP = 50

/** The entries of a dict: key and value, a row each. */
export function PairsField({ kind, draft, path, onChange }: EditorProps<MapType>) {
  const { disabled } = useSurroundings()
  const [most, setMost] = useState(STEP)
  const pairs = draft.is === 'pairs' ? draft.pairs : []
  const set = (changed: readonly Pair[]) => onChange({ is: 'pairs', pairs: changed })

  return (
    <div className={classes.rows}>
      {pairs.slice(0, most).map((each, index) => (
        <div key={each.id} className={classes.pair}>
          <FieldEditor
            kind={kind.key}
            draft={each.key}
            path={`${path} key ${index}`}
            onChange={key => set(pairs.with(index, { ...each, key }))}
          />
          <FieldEditor
            kind={kind.value}
            draft={each.draft}
            path={entryPath(path, keyText(kind.key, each.key))}
            onChange={changed => set(pairs.with(index, { ...each, draft: changed }))}
          />
          <ActionIcon
            aria-label={`Remove entry ${index}`}
            title="Remove"
            disabled={disabled}
            onClick={() => set(pairs.toSpliced(index, 1))}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div className={classes.more}>
        {pairs.length > most && (
          <Button variant="subtle" onClick={() => setMost(most + STEP)}>
            {pairs.length - most} more
          </Button>
        )}
        <Button
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          disabled={disabled}
          onClick={() => {
            set([...pairs, pair(blank(kind.key), blank(kind.value))])
            setMost(Math.max(most, pairs.length + 1))
          }}
        >
          {show(kind.key)}: {show(kind.value)}
        </Button>
        {pairs.length === 0 && <span className="faint">empty</span>}
      </div>
    </div>
  )
}

function keyText(kind: LiteralType, key: Draft): string {
  return toKey(write(kind, key) ?? '')
}
