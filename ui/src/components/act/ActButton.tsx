import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { type Role, useForbidden } from './role'

interface ActButtonProps extends ButtonProps {
  /** What it takes to press it. */
  needs: Role
  project?: string | undefined
  children: ReactNode
  onClick: () => void
}

/** A button that changes something: who may not press it sees why. */
export function ActButton({ needs, project, children, onClick, ...button }: ActButtonProps) {
  const forbidden = useForbidden(needs, project)
  return (
    <Tooltip label={forbidden} disabled={!forbidden}>
      <Button
        {...button}
        {...(forbidden && { 'data-disabled': true, 'aria-disabled': true })}
        onClick={forbidden ? event => event.preventDefault() : onClick}
      >
        {children}
      </Button>
    </Tooltip>
  )
}
