import { IconArrowBackUp } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { recover } from '@/api/executions/acts'
import { useOffer } from '@/components/page/commands'
import { newName } from '@/core/form/names'
import { ActButton } from './ActButton'
import { Ask } from './Ask'
import { useForbidden } from './role'

interface RecoverProps {
  id: string
  project?: string | undefined
  /** It runs, or has succeeded: there is nothing to recover. */
  disabled?: boolean
}

/** Runs an execution again from where it failed, and goes to the new one. */
export function RecoverButton({ id, project, disabled = false }: RecoverProps) {
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  // The name makes that pressing twice, or once more when no answer came, starts one.
  const [name, setName] = useState(newName)
  const act = async () => {
    const started = await recover(id, name)
    setName(newName())
    navigate({ to: '/executions/$id', params: { id: started.id } })
  }
  const isForbidden = useForbidden('operator', project) !== undefined
  useOffer(disabled || isForbidden ? [] : [{ name: `Recover ${id}`, run: () => setOpen(true) }])
  return (
    <>
      <ActButton
        needs="operator"
        project={project}
        disabled={disabled}
        leftSection={<IconArrowBackUp size={14} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        Recover
      </ActButton>
      <Ask
        opened={isOpen}
        title={`Recover ${id}?`}
        verb="Recover"
        act={act}
        onClose={() => setOpen(false)}
      >
        <p>
          A new execution begins, of the same version with the same inputs. It takes over what has
          succeeded here, and runs the rest.
        </p>
      </Ask>
    </>
  )
}
