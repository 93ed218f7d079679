import { SegmentedControl, Select } from '@mantine/core'
import { blankVariant, type Draft, NONE } from '@/core/form/draft'
import { isNone, show, type UnionType } from '@/core/form/types'
import { variantOf } from '@/core/form/variants'
import { write } from '@/core/form/writing'
import { type EditorProps, labelOf } from './editor'
import { FieldEditor } from './FieldEditor'
import { useSurroundings } from './surroundings'
import classes from './form.module.css'

const SHORT = 40

/** A value of one of several types, or None: first which, then the value. */
export function UnionField({ kind, draft, path, onChange }: EditorProps<UnionType>) {
  const { disabled } = useSurroundings()
  const index = draft.is === 'variant' ? draft.index : -1
  const inside: Draft = draft.is === 'variant' ? draft.draft : NONE
  const chosen = kind.variants[index]
  const labels = kind.variants.map(show)
  const choices = labels.map((label, place) => ({ value: String(place), label }))
  const choose = (value: string) => onChange(blankVariant(kind.variants, Number(value)))
  const shared = { 'aria-label': `type of ${labelOf(path)}`, disabled, value: String(index) }
  return (
    <div className={classes.union}>
      {labels.join('').length <= SHORT ? (
        <SegmentedControl
          {...shared}
          size="xs"
          data={choices}
          transitionDuration={0}
          onChange={choose}
        />
      ) : (
        <Select
          size="xs"
          {...shared}
          maw={360}
          data={choices}
          allowDeselect={false}
          onChange={value => value !== null && choose(value)}
        />
      )}
      {chosen && !isNone(chosen) && (
        <FieldEditor
          kind={chosen}
          draft={inside}
          path={path}
          onChange={changed => onChange({ is: 'variant', index, draft: changed })}
        />
      )}
      <Otherwise kind={kind} index={index} inside={inside} />
    </div>
  )
}

/** JSON does not say which variant it is: the server may read another one than what is chosen. */
function Otherwise({ kind, index, inside }: { kind: UnionType; index: number; inside: Draft }) {
  const chosen = kind.variants[index]
  const tree = chosen && write(chosen, inside)
  const found = tree === undefined ? index : variantOf(kind, tree)
  const read = kind.variants[found]
  if (!read || found === index) return null
  return <p className={classes.note}>This will be read as {show(read)}.</p>
}
