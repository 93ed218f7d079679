import { TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconSquare } from '@tabler/icons-react'
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { abort } from '@/api/executions/acts'
import { summary } from '@/api/executions/queries'
import { useOffer } from '@/components/page/commands'
import { counted } from '@/core/text/shorten'
import { ActButton } from './ActButton'
import { Ask } from './Ask'
import { each, those } from './each'
import { useForbidden } from './role'
import classes from './act.module.css'

interface AbortProps {
  /** Of the executions. */
  ids: readonly string[]
  /** For the rights; several: none. */
  project?: string | undefined
  /** It has ended: there is nothing to abort. */
  disabled?: boolean
  onDone?: () => void
}

/** Aborts executions, after asking why. */
export function AbortButton({ ids, project, disabled = false, onDone }: AbortProps) {
  const [isOpen, setOpen] = useState(false)
  const isForbidden = useForbidden('operator', project) !== undefined
  const cannot = disabled || ids.length === 0
  useOffer(cannot || isForbidden ? [] : [{ name: `Abort ${those(ids)}`, run: () => setOpen(true) }])
  return (
    <>
      <ActButton
        needs="operator"
        project={project}
        disabled={cannot}
        leftSection={<IconSquare size={13} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        Abort
      </ActButton>
      <AbortDialog opened={isOpen} ids={ids} onClose={() => setOpen(false)} onDone={onDone} />
    </>
  )
}

interface DialogProps {
  opened: boolean
  ids: readonly string[]
  onClose: () => void
  onDone?: (() => void) | undefined
}

export function AbortDialog({ opened, ids, onClose, onDone }: DialogProps) {
  const [reason, setReason] = useState('')
  const act = async () => {
    const found = await each(ids, id => abort(id, reason.trim()))
    const over = found.filter(isAborted => !isAborted).length
    notifications.show({ message: overText(ids.length, over) })
    onDone?.()
  }
  return (
    <Ask
      opened={opened}
      title={`Abort ${those(ids)}?`}
      verb={ids.length === 1 ? 'Abort' : `Abort ${ids.length}`}
      isDangerous
      act={act}
      onClose={onClose}
    >
      <p>
        What runs in {ids.length === 1 ? 'it' : 'them'} is stopped, what waits never starts, and
        executions that {ids.length === 1 ? 'it has' : 'they have'} started are aborted as well.
        What has succeeded stays, and can be recovered.
      </p>
      {ids.length === 1 && opened && <Under id={ids[0] ?? ''} />}
      {ids.length > 1 && (
        <ul className={classes.list}>
          {ids.map(id => (
            <li key={id}>{id}</li>
          ))}
        </ul>
      )}
      <TextInput
        label="Why"
        description="It stands in the journal, for those who wonder."
        data-autofocus
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
    </Ask>
  )
}

/** What would be stopped. */
function Under({ id }: { id: string }) {
  const { data } = useQuery(summary(id))
  if (!data) return null
  const running = data.nodes['RUNNING'] ?? 0
  const elements = data.elements['RUNNING'] ?? 0
  const told = [
    counted(running, 'node runs', 'nodes run'),
    ...(elements ? [`${counted(elements, 'element')} of maps among them`] : []),
  ]
  return <p className="dim">Now {told.join(', ')}.</p>
}

function overText(all: number, over: number): string {
  if (over === 0) return all === 1 ? 'It is being aborted' : `${all} are being aborted`
  return all === 1 ? 'It had ended already' : `${all - over} are being aborted, ${over} had ended`
}
