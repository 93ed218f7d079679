import { SegmentedControl, Select } from '@mantine/core'
import { text } from '@/core/form/draft'
import { optionsOf } from '@/core/form/scalars'
import type { ChoiceType, EnumType } from '@/core/form/types'
import { type EditorProps, labelOf, wrong } from './editor'
import { textOf } from './ScalarField'
import { useSurroundings } from './surroundings'

/** So many words, with so many letters in all, stand side by side. */
const FEW = 4
const SHORT = 36

/** One of the members of an enum, or of given values. */
export function ChoiceField({
  kind,
  draft,
  path,
  onChange,
  told,
}: EditorProps<EnumType | ChoiceType>) {
  const { disabled } = useSurroundings()
  const labels = [...new Set(optionsOf(kind).map(each => each.label))]
  const value = textOf(draft)
  const isKnown = !value || labels.includes(value)
  const choose = (label: string) => onChange(text(label))
  if (labels.length <= FEW && labels.join('').length <= SHORT && isKnown) {
    return (
      <SegmentedControl
        aria-label={labelOf(path)}
        aria-describedby={told}
        size="xs"
        disabled={disabled}
        value={value}
        data={labels}
        transitionDuration={0}
        onChange={choose}
      />
    )
  }
  return (
    <Select
      size="xs"
      aria-label={labelOf(path)}
      maw={360}
      disabled={disabled}
      searchable={labels.length > 8}
      placeholder={`one of ${labels.length}`}
      data={isKnown ? labels : [value, ...labels]}
      value={value || null}
      allowDeselect={false}
      {...wrong(told)}
      onChange={label => label !== null && choose(label)}
    />
  )
}
