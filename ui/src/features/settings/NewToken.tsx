import { Button, Group, Modal, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { createToken } from '@/api/access/queries'
import { projects } from '@/api/projects/queries'
import { token } from '@/api/token'
import { Ask } from '@/components/act/Ask'
import type { Role } from '@/components/act/role'
import { CopyButton } from '@/components/name/CopyButton'
import classes from './settings.module.css'

const ROLES: readonly { value: Role; label: string }[] = [
  { value: 'viewer', label: 'viewer: reads' },
  { value: 'operator', label: 'operator: also registers, starts, acts' },
  { value: 'admin', label: 'admin: also makes projects and tokens' },
]

interface NewTokenProps {
  opened: boolean
  onClose: () => void
}

/** Makes a token, and shows its secret this once. */
export function NewToken({ opened, onClose }: NewTokenProps) {
  const { data } = useQuery(projects)
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [bound, setBound] = useState<string[]>([])
  const [days, setDays] = useState<number | string>(90)
  const [secret, setSecret] = useState('')
  const act = async () => {
    const made = await createToken({
      name: name.trim(),
      role,
      projects: bound.length ? bound : null,
      days: typeof days === 'number' ? days : null,
    })
    setSecret(made.secret)
    setName('')
  }
  if (secret) return <Secret secret={secret} onClose={() => setSecret('')} />
  return (
    <Ask
      opened={opened}
      title="New token"
      verb="Make it"
      disabled={!name.trim()}
      act={act}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="Of the person or program; it stands in the audit."
        data-autofocus
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <Select
        label="Role"
        data={ROLES.map(each => ({ ...each }))}
        value={role}
        allowDeselect={false}
        onChange={value => value && setRole(value)}
      />
      <MultiSelect
        label="Projects"
        placeholder={bound.length ? '' : 'all'}
        data={data?.map(each => each.id) ?? []}
        value={bound}
        onChange={setBound}
      />
      <NumberInput
        label="Expires after days"
        description="Empty: never."
        min={1}
        value={days}
        onChange={setDays}
      />
    </Ask>
  )
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Modal
      opened
      centered
      title="Here it is, this once"
      onClose={onClose}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className={classes.fields}>
        <p style={{ margin: 0 }}>
          Copy it now: only its digest is kept. Programs have it as <code>VOLERY_TOKEN</code>.
          {secret === token.get() &&
            ' It is the first one: from now on everybody needs one. This browser goes on with it.'}
        </p>
        <div className={classes.secret}>
          <span>{secret}</span>
          <CopyButton text={secret} what="the token" />
        </div>
        <Group justify="flex-end">
          <Button variant="filled" size="sm" onClick={onClose}>
            I have it
          </Button>
        </Group>
      </div>
    </Modal>
  )
}
