import { ActionIcon, Button, Switch, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type LabelRow, OPTION_PATHS, type Options } from '@/core/form/options'
import { Problems } from './Problems'
import { useProblems, useSurroundings } from './surroundings'
import classes from './options.module.css'

interface OptionFieldsProps {
  options: Options
  /** The name that it has where none is typed. */
  name: string
  onChange: (options: Options) => void
}

/** What can be said of an execution beside its inputs. */
export function OptionFields({ options, name, onChange }: OptionFieldsProps) {
  const set = (changed: Partial<Options>) => onChange({ ...options, ...changed })
  const line = (option: LineOption) => ({
    option,
    value: options[option],
    onChange: (value: string) => set({ [option]: value }),
  })
  return (
    <div className={classes.root}>
      <Line {...line('name')} label="Name" placeholder={name} />
      <Labels
        label="Labels"
        told="what it is found by"
        option="labels"
        rows={options.labels}
        onChange={labels => set({ labels })}
      />
      <Labels
        label="Annotations"
        told="what is noted about it"
        option="annotations"
        rows={options.annotations}
        onChange={annotations => set({ annotations })}
      />
      <Overwrite on={options.overwriteCache} onChange={overwriteCache => set({ overwriteCache })} />
      <Line
        {...line('maxParallelism')}
        label="Max parallelism"
        told="so many attempts at once"
        placeholder="no limit"
      />
      <Line
        {...line('priority')}
        label="Priority"
        told="higher ones go first among what waits"
        placeholder="0"
      />
      <Line
        {...line('running')}
        label="Time limit"
        told="from its turn on"
        placeholder="none, such as 90s or 2h"
      />
      <Line
        {...line('total')}
        label="Time limit in all"
        told="from when it was created"
        placeholder="none"
      />
      <Line
        {...line('executor')}
        label="Executor"
        told="of what names none itself"
        placeholder="as the server says"
      />
    </div>
  )
}

type LineOption = 'name' | 'maxParallelism' | 'priority' | 'executor' | 'running' | 'total'

interface LineProps {
  option: LineOption
  label: string
  told?: string
  placeholder: string
  value: string
  onChange: (value: string) => void
}

function Line({ option, label, told, placeholder, value, onChange }: LineProps) {
  const { disabled } = useSurroundings()
  const problems = useProblems(OPTION_PATHS[option])
  return (
    <Named label={label} told={told}>
      <TextInput
        size="xs"
        aria-label={label}
        className={classes.line}
        classNames={{ input: classes.mono }}
        disabled={disabled}
        placeholder={placeholder}
        value={value}
        spellCheck={false}
        autoComplete="off"
        error={problems.length > 0}
        onChange={event => onChange(event.currentTarget.value)}
      />
      <Problems of={problems} />
    </Named>
  )
}

function Overwrite({ on, onChange }: { on: boolean; onChange: (on: boolean) => void }) {
  const { disabled } = useSurroundings()
  return (
    <Named label="Cache">
      <Switch
        size="sm"
        label="Overwrite: look nothing up, and fill it anew"
        disabled={disabled}
        checked={on}
        onChange={event => onChange(event.currentTarget.checked)}
      />
    </Named>
  )
}

interface LabelsProps {
  label: string
  told: string
  option: 'labels' | 'annotations'
  rows: readonly LabelRow[]
  onChange: (rows: LabelRow[]) => void
}

function Labels({ label, told, option, rows, onChange }: LabelsProps) {
  const { disabled } = useSurroundings()
  const problems = useProblems(OPTION_PATHS[option])
  const next = Math.max(-1, ...rows.map(each => each.id)) + 1
  return (
    <Named label={label} told={told}>
      {rows.map((row, index) => (
        <div key={row.id} className={classes.pair}>
          <TextInput
            size="xs"
            aria-label={`${label}: key ${index + 1}`}
            placeholder="key"
            disabled={disabled}
            value={row.key}
            onChange={event =>
              onChange([...rows.with(index, { ...row, key: event.currentTarget.value })])
            }
          />
          <TextInput
            size="xs"
            aria-label={`${label}: value ${index + 1}`}
            placeholder="value"
            disabled={disabled}
            value={row.value}
            onChange={event =>
              onChange([...rows.with(index, { ...row, value: event.currentTarget.value })])
            }
          />
          <ActionIcon
            aria-label={`Remove ${row.key || 'it'}`}
            title="Remove"
            disabled={disabled}
            onClick={() => onChange(rows.toSpliced(index, 1))}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        disabled={disabled}
        onClick={() => onChange([...rows, { id: next, key: '', value: '' }])}
      >
        {option === 'labels' ? 'label' : 'annotation'}
      </Button>
      <Problems of={problems} />
    </Named>
  )
}

interface NamedProps {
  label: string
  told?: string | undefined
  children: ReactNode
}

function Named({ label, told, children }: NamedProps) {
  return (
    <div className={classes.named}>
      <div className={classes.words}>
        <span className={classes.label}>{label}</span>
        {told && <span className={classes.told}>{told}</span>}
      </div>
      <div className={classes.value}>{children}</div>
    </div>
  )
}
