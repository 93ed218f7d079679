import { ActionIcon, Button, Progress, TextInput } from '@mantine/core'
import { IconFile, IconFolder, IconTable, IconUpload, IconX } from '@tabler/icons-react'
import { useRef, useState, type DragEvent } from 'react'
import { Copy, Name } from '@/components/name/Name'
import { type Content, kindOf } from '@/core/form/content'
import { text, UNSET } from '@/core/form/draft'
import { type ContentType, type FrameType, isNamable, show } from '@/core/form/types'
import { size } from '@/core/text/shorten'
import { type EditorProps, labelOf, wrong } from './editor'
import { textOf } from './ScalarField'
import { useSurroundings } from './surroundings'
import { dropped, type Chosen, type Progress as Doing } from './upload'
import { useUpload } from './useUpload'
import classes from './content.module.css'

const ICONS: Readonly<Record<string, typeof IconFile>> = {
  file: IconFile,
  directory: IconFolder,
  frame: IconTable,
}

/** A file, a folder or a table: dropped, chosen, or named by its URI. */
export function ContentField(props: EditorProps<ContentType | FrameType>) {
  const { kind, draft, path, onChange, told } = props
  const { disabled } = useSurroundings()
  const what = kindOf(kind)
  const upload = useUpload(what, kind.format ?? '', content => onChange({ is: 'content', content }))
  const [isOver, setOver] = useState(false)

  if (!isNamable(kind)) {
    return <p className="faint">Only a program can make {show(kind)}.</p>
  }
  if (draft.is === 'content') {
    return <Given content={draft.content} disabled={disabled} onTake={() => onChange(UNSET)} />
  }
  const drop = async (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const files = await dropped(event.dataTransfer)
    upload.start(what === 'directory' ? files : files.slice(0, 1))
  }
  return (
    <div
      role="group"
      aria-label={labelOf(path)}
      className={classes.drop}
      data-over={isOver || undefined}
      data-wrong={told ? true : undefined}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {upload.progress ? (
        <Under progress={upload.progress} onStop={upload.stop} />
      ) : (
        <>
          <Choose what={what} disabled={disabled} onChoose={upload.start} />
          <TextInput
            size="xs"
            className={classes.uri}
            aria-label={`URI of ${labelOf(path)}`}
            placeholder="or its URI: s3://bucket/name"
            disabled={disabled}
            value={textOf(draft)}
            spellCheck={false}
            classNames={{ input: classes.mono }}
            {...wrong(told)}
            onChange={event =>
              onChange(event.currentTarget.value ? text(event.currentTarget.value) : UNSET)
            }
          />
          {upload.failed && (
            <p className={classes.failed} role="alert">
              It could not be stored: {upload.failed}
            </p>
          )}
        </>
      )}
    </div>
  )
}

interface ChooseProps {
  what: string
  disabled: boolean
  onChoose: (chosen: Chosen[]) => void
}

function Choose({ what, disabled, onChoose }: ChooseProps) {
  const input = useRef<HTMLInputElement>(null)
  const isFolder = what === 'directory'
  const name = isFolder ? 'folder' : what === 'frame' ? 'table' : 'file'
  return (
    <>
      <Button
        leftSection={<IconUpload size={14} />}
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        Drop a {name} or choose one
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={`Choose a ${name}`}
        {...(isFolder && { webkitdirectory: '' })}
        onChange={event => {
          onChoose([...(event.currentTarget.files ?? [])].map(chosenOf))
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

function chosenOf(file: File): Chosen {
  const inside = file.webkitRelativePath.split('/').slice(1).join('/')
  return { file, path: inside || file.name }
}

function Under({ progress, onStop }: { progress: Doing; onStop: () => void }) {
  const { doing, done, total } = progress
  const told = doing === 'reading' ? 'Reading' : 'Sending'
  return (
    <div className={classes.under} role="status">
      <span>
        {told} {size(total)}
      </span>
      <Progress
        className={classes.bar}
        size="sm"
        value={doing === 'reading' ? (100 * done) / Math.max(total, 1) : 100}
        animated={doing === 'sending'}
        aria-label={told}
      />
      <ActionIcon aria-label="Stop" title="Stop" onClick={onStop}>
        <IconX size={14} aria-hidden />
      </ActionIcon>
    </div>
  )
}

interface GivenProps {
  content: Content
  disabled: boolean
  onTake: () => void
}

function Given({ content, disabled, onTake }: GivenProps) {
  const Icon = ICONS[content.kind] ?? IconFile
  return (
    <div className={classes.given}>
      <Icon size={18} stroke={1.6} aria-hidden />
      <span className={classes.name}>
        <Name of={content.name || content.uri || content.kind} />
      </span>
      <span className="faint">
        {[content.format, content.size >= 0 ? size(content.size) : ''].filter(Boolean).join(' · ')}
      </span>
      {content.digest && (
        <span className={classes.digest}>
          <Copy of={content.digest.slice(0, 12)} text={content.digest} mono />
        </span>
      )}
      <ActionIcon
        aria-label="Take another one"
        title="Take another one"
        disabled={disabled}
        onClick={onTake}
      >
        <IconX size={14} aria-hidden />
      </ActionIcon>
    </div>
  )
}
