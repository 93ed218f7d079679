import { Button, Group, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Refusal } from './Refusal'
import classes from './act.module.css'

interface AskProps {
  opened: boolean
  title: string
  /** What it will do, and to how many. */
  children: ReactNode
  /** On the button that does it. */
  verb: string
  isDangerous?: boolean
  disabled?: boolean
  /** Does it; the dialog stays open while it is done, and when it is refused. */
  act: () => Promise<unknown>
  onClose: () => void
}

/** Asks once before something is done: what it will do, and to what. */
export function Ask(props: AskProps) {
  const { opened, title, children, verb, isDangerous, disabled, act, onClose } = props
  const doing = useMutation({ mutationFn: act, onSuccess: onClose })
  const close = () => {
    doing.reset()
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={<span className={classes.title}>{title}</span>}
      size="md"
      centered
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          if (!doing.isPending) doing.mutate()
        }}
      >
        <div className={classes.ask}>{children}</div>
        <Refusal error={doing.error} />
        <Group justify="flex-end" mt="lg">
          <Button size="sm" onClick={close}>
            Cancel
          </Button>
          <Button
            type="submit"
            size="sm"
            variant="filled"
            {...(isDangerous && { className: classes.danger })}
            disabled={disabled ?? false}
            loading={doing.isPending}
          >
            {verb}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
