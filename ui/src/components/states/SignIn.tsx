import { Button, PasswordInput } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState, type SyntheticEvent } from 'react'
import type { Problem } from '@/api/schema'
import { token } from '@/api/token'
import { State } from './State'
import classes from './SignIn.module.css'

/** Asks for a token, which stays in this browser. */
export function SignIn({ problem }: { problem: Problem }) {
  const [secret, setSecret] = useState('')
  const isRefused = token.get() !== ''

  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    token.set(secret.trim())
    setSecret('')
  }

  return (
    <State icon={<IconKey />} title="Who are you?">
      <p>This server asks for a token. An admin makes one:</p>
      <p>
        <code className="mono">volery tokens create NAME --role viewer</code>
      </p>
      <form className={classes.form} onSubmit={submit}>
        <PasswordInput
          aria-label="Token"
          placeholder="Token"
          value={secret}
          error={isRefused && !secret ? problem.detail : undefined}
          onChange={event => setSecret(event.currentTarget.value)}
        />
        <Button type="submit" variant="filled" size="sm" disabled={!secret.trim()}>
          Go on
        </Button>
      </form>
    </State>
  )
}
