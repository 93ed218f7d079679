import { Button, SegmentedControl } from '@mantine/core'
import { IconAlertCircle, IconPlayerPlay } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { CopyAs } from '@/components/act/CopyAs'
import { Refusal } from '@/components/act/Refusal'
import { useForbidden } from '@/components/act/role'
import { FormText, type Language } from '@/components/form/FormText'
import { InputField } from '@/components/form/InputField'
import { OptionFields } from '@/components/form/OptionFields'
import { Problems } from '@/components/form/Problems'
import { FormSurroundings } from '@/components/form/surroundings'
import { Page, Section } from '@/components/page/Page'
import { launchSnippets } from '@/core/copy/snippets'
import { fieldPath, ROOT } from '@/core/form/paths'
import { OPTION_PATHS } from '@/core/form/options'
import { problemsElsewhere } from '@/core/form/problems'
import { counted } from '@/core/text/shorten'
import { Fixed } from './Fixed'
import { Head } from './Head'
import { type LaunchForm as State, useLaunch } from './useLaunch'
import type { Target } from './useTarget'
import classes from './launch.module.css'

interface LaunchFormProps {
  target: Target
  /** By what that which was typed is kept. */
  form: string
  from: string
}

type View = 'fields' | Language

/** The form of a launch. */
export function LaunchForm({ target, form: key, from }: LaunchFormProps) {
  const state = useLaunch(target, key)
  const [view, setView] = useState<View>('fields')
  const [isReadable, setReadable] = useState(true)
  const [uploads, setUploads] = useState(0)
  const root = useRef<HTMLFormElement>(null)
  const { entity } = target
  const surroundings = {
    problems: state.problems,
    disabled: state.isSending,
    onUpload: () => {
      setUploads(count => count + 1)
      return () => setUploads(count => count - 1)
    },
  }
  const send = () => {
    if (!isReadable || uploads > 0) return
    if (!state.send()) requestAnimationFrame(() => goToTrouble(root.current))
  }
  return (
    <Page
      title={<Head target={target} from={from} />}
      actions={
        <CopyAs
          of={site => {
            const { inputs, options } = state.body()
            return launchSnippets(site, entity, inputs, options)
          }}
        />
      }
    >
      <FormSurroundings value={surroundings}>
        <form
          ref={root}
          className={classes.root}
          noValidate
          onSubmit={event => {
            event.preventDefault()
            send()
          }}
        >
          {entity.description && <p className={classes.description}>{entity.description}</p>}
          <Section title="Inputs" beside={<Views view={view} onChange={setView} />}>
            {view === 'fields' ? (
              <Fields state={state} from={from} />
            ) : (
              <div className={classes.text}>
                <FormText
                  key={view}
                  form={state.form}
                  given={state.typed.given}
                  language={view}
                  onGiven={state.setGiven}
                  onReadable={setReadable}
                />
              </div>
            )}
          </Section>
          <Fixed inputs={entity.fixed} />
          <details className={classes.options} open={hasOptionTrouble(state) || undefined}>
            <summary>Options</summary>
            <OptionFields
              options={state.typed.options}
              name={state.typed.name}
              onChange={state.setOptions}
            />
          </details>
          <Foot
            state={state}
            isReadable={isReadable}
            uploads={uploads}
            project={entity.key.project}
          />
        </form>
      </FormSurroundings>
    </Page>
  )
}

const VIEWS = [
  { value: 'fields', label: 'Fields' },
  { value: 'json', label: 'JSON' },
  { value: 'yaml', label: 'YAML' },
]

function Views({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Show inputs as"
      data={VIEWS}
      value={view}
      transitionDuration={0}
      onChange={value => onChange(value as View)}
    />
  )
}

function Fields({ state, from }: { state: State; from: string }) {
  if (state.form.length === 0) return <p className={classes.none}>It takes no inputs.</p>
  return state.form.map(input => (
    <InputField
      key={input.name}
      input={input}
      given={state.typed.given}
      earlier={from}
      onGive={draft => state.give(input.name, draft)}
      onLeave={() => state.leave(input.name)}
    />
  ))
}

interface FootProps {
  state: State
  isReadable: boolean
  uploads: number
  project: string
}

/** What is wrong with the whole, and the button. */
function Foot({ state, isReadable, uploads, project }: FootProps) {
  const forbidden = useForbidden('operator', project)
  const shown = [
    ...state.form.map(each => fieldPath(ROOT, each.name)),
    ...Object.values(OPTION_PATHS),
  ]
  const count = state.problems.length
  const waits = forbidden ?? (uploads > 0 ? `Waiting for ${counted(uploads, 'upload')}` : undefined)
  const isBad = waits === undefined && count > 0
  return (
    <footer className={classes.foot}>
      <Problems of={problemsElsewhere(state.problems, shown)} />
      <Refusal error={state.error} />
      <div className={classes.acts}>
        <Button
          type="submit"
          variant="filled"
          size="sm"
          loading={state.isSending}
          disabled={!isReadable || uploads > 0 || forbidden !== undefined}
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
        >
          Launch
        </Button>
        <Button
          size="sm"
          variant="subtle"
          color="gray"
          disabled={state.isSending}
          onClick={state.clear}
        >
          Start over
        </Button>
        <span className={classes.told} role="status" data-bad={isBad || undefined}>
          {isBad && <IconAlertCircle size={15} aria-hidden />}
          {waits ?? (isBad && `${counted(count, 'problem')} to mend`)}
        </span>
      </div>
    </footer>
  )
}

function hasOptionTrouble(state: State): boolean {
  const paths: readonly string[] = Object.values(OPTION_PATHS)
  const inputs = new Set(state.form.map(each => fieldPath(ROOT, each.name)))
  return state.problems.some(each => paths.includes(each.path) && !inputs.has(each.path))
}

/** The first field with a problem comes into view, and is where typing goes. */
function goToTrouble(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')
  field?.scrollIntoView({ block: 'center' })
  field?.focus({ preventScroll: true })
}
