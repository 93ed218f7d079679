import { Modal, useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { AbortDialog } from '@/components/act/AbortButton'
import { useForbidden } from '@/components/act/role'
import { useCopy } from '@/components/name/copy'
import { useCommands } from '@/components/page/commands'
import { usePlaceFilter } from '@/components/page/place'
import { askedOf } from '@/core/palette/asked'
import { type Entry, groupsOf, type Ways } from './entries'
import { Finder } from './Finder'
import classes from './palette.module.css'
import { found } from './search'

/** Milliseconds without a key after which the server is asked. */
const PAUSE = 120

/** Goes anywhere and does anything, by its name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('')
  const [settled] = useDebouncedValue(query, PAUSE)
  const [aborted, setAborted] = useState<string>()
  const navigate = useNavigate()
  const copy = useCopy()
  const { setColorScheme, colorScheme } = useMantineColorScheme()
  const place = usePlaceFilter()
  const commands = useCommands()
  const mayAct = useForbidden('operator') === undefined
  const asked = askedOf(settled)
  const { data, isFetching } = useQuery({
    ...found(asked, place),
    enabled: settled.trim() !== '',
  })
  const ways: Ways = {
    go: to => void navigate(to),
    write: setQuery,
    abort: setAborted,
    copy,
    toggleTheme: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
  }
  const groups = groupsOf(
    { query, asked, commands, found: query.trim() ? data : undefined, mayAct },
    ways,
  )
  const take = ({ run, goesOn }: Entry) => {
    run()
    if (!goesOn) onClose()
  }

  if (aborted !== undefined) return <AbortDialog opened ids={[aborted]} onClose={onClose} />
  return (
    <Modal.Root opened onClose={onClose} size={640} yOffset={72}>
      <Modal.Overlay backgroundOpacity={0.3} />
      <Modal.Content aria-label="Search or do" classNames={{ content: classes.root ?? '' }}>
        <Finder
          query={query}
          groups={groups}
          isBusy={isFetching || query !== settled}
          onQuery={setQuery}
          onTake={take}
        />
      </Modal.Content>
    </Modal.Root>
  )
}
