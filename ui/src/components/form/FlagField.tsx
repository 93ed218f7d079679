import { SegmentedControl } from '@mantine/core'
import { type EditorProps, labelOf } from './editor'
import { useSurroundings } from './surroundings'

/** True or false. Neither is chosen before somebody has. */
export function FlagField({ draft, path, onChange, told }: EditorProps) {
  const { disabled } = useSurroundings()
  const value = draft.is === 'flag' ? String(draft.on) : ''
  return (
    <SegmentedControl
      aria-label={labelOf(path)}
      aria-describedby={told}
      size="xs"
      disabled={disabled}
      value={value}
      data={[
        { value: 'true', label: 'true' },
        { value: 'false', label: 'false' },
      ]}
      transitionDuration={0}
      onChange={chosen => onChange({ is: 'flag', on: chosen === 'true' })}
    />
  )
}
