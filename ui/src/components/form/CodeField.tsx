import { Button, Textarea } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { blank } from '@/core/form/draft'
import { type EditorProps, labelOf, wrong } from './editor'
import { useSurroundings } from './surroundings'
import classes from './form.module.css'

const PLACEHOLDERS = { any: '{"key": 1}', list: '[1, "text"]', dict: '{"key": 1}' }

/** JSON: a value without structure, or one that does not fit its type and can be mended here. */
export function CodeField({ kind, draft, path, onChange, told }: EditorProps) {
  const { disabled } = useSurroundings()
  const shape = kind.type === 'json' ? (kind.shape ?? 'any') : 'any'
  return (
    <div className={classes.union}>
      <Textarea
        size="xs"
        aria-label={`${labelOf(path)} as JSON`}
        value={draft.is === 'code' ? draft.code : ''}
        disabled={disabled}
        placeholder={PLACEHOLDERS[shape]}
        autosize
        minRows={2}
        maxRows={20}
        spellCheck={false}
        classNames={{ input: classes.code }}
        {...wrong(told)}
        onChange={event => onChange({ is: 'code', code: event.currentTarget.value })}
      />
      {kind.type !== 'json' && (
        <div className={classes.more}>
          <Button
            variant="subtle"
            leftSection={<IconArrowBackUp size={14} />}
            disabled={disabled}
            onClick={() => onChange(blank(kind))}
          >
            Start over with a field
          </Button>
        </div>
      )}
    </div>
  )
}
