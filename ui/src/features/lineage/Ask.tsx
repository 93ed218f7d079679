import { Button, FileButton, TextInput } from '@mantine/core'
import { IconFileSearch, IconGitFork } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type SyntheticEvent, useState } from 'react'
import { digestOf } from '@/components/form/upload'
import { Page } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import classes from './lineage.module.css'

const DIGEST = /^[0-9a-f]{64}$/

const route = getRouteApi('/lineage')

/** Asks whose lineage is wanted. A file is known by what is in it: it stays where it is. */
export function Ask() {
  const navigate = route.useNavigate()
  const [text, setText] = useState('')
  const [trouble, setTrouble] = useState('')
  const [isReading, setReading] = useState(false)
  const ask = (event: SyntheticEvent) => {
    event.preventDefault()
    const wanted = text.trim()
    navigate({ search: DIGEST.test(wanted) ? { digest: wanted } : { uri: wanted } })
  }
  const read = async (file: File | null) => {
    if (!file) return
    setReading(true)
    setTrouble('')
    try {
      const digest = await digestOf(file, new AbortController().signal)
      navigate({ search: { digest } })
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error))
      setReading(false)
    }
  }
  return (
    <Page title="Lineage">
      <Empty title="Where does something come from, and what has used it?" icon={<IconGitFork />}>
        <p>
          Choose a value among the{' '}
          <Link to="/artifacts" className={classes.link}>
            artifacts
          </Link>{' '}
          or in the outputs of a node, or ask by what it is.
        </p>
        <form className={classes.ask} onSubmit={ask}>
          <TextInput
            size="xs"
            aria-label="Digest or URI"
            placeholder="digest, or URI such as s3://bucket/table.parquet"
            value={text}
            error={trouble || undefined}
            onChange={event => setText(event.currentTarget.value)}
          />
          <Button type="submit" variant="filled" disabled={!text.trim()}>
            Show
          </Button>
        </form>
        <FileButton onChange={file => void read(file)}>
          {props => (
            <Button
              {...props}
              leftSection={<IconFileSearch size={14} aria-hidden />}
              loading={isReading}
            >
              A file of this machine
            </Button>
          )}
        </FileButton>
      </Empty>
    </Page>
  )
}
