import { ActionIcon, Button, Popover, TextInput } from '@mantine/core'
import { IconBookmark, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useStore } from '@/api/store'
import classes from './ViewMenu.module.css'
import { readViews, removeView, saveView, USUAL_VIEWS, views } from './views'

interface ViewMenuProps {
  line: string
  onChoose: (line: string) => void
}

/** Filter lines under names: what this browser has saved, and what everybody has. */
export function ViewMenu({ line, onChoose }: ViewMenuProps) {
  const saved = readViews(useStore(views))
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const save = () => {
    saveView({ name: name.trim(), line })
    setName('')
  }
  const choose = (chosen: string) => {
    onChoose(chosen)
    setOpen(false)
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={280} trapFocus>
      <Popover.Target>
        <ActionIcon
          size={32}
          variant="default"
          aria-label="Views"
          title="Views"
          onClick={() => setOpen(!isOpen)}
        >
          <IconBookmark size={16} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label="Views">
        <View name="All" onChoose={() => choose('')} />
        {USUAL_VIEWS.map(view => (
          <View key={view.name} name={view.name} onChoose={() => choose(view.line)} />
        ))}
        {saved.length > 0 && <p className={classes.title}>Yours</p>}
        {saved.map(view => (
          <div key={view.name} className={classes.saved}>
            <View name={view.name} onChoose={() => choose(view.line)} />
            <ActionIcon
              size={24}
              aria-label={`Remove the view ${view.name}`}
              onClick={() => removeView(view.name)}
            >
              <IconTrash size={14} aria-hidden />
            </ActionIcon>
          </div>
        ))}
        {line && (
          <form
            className={classes.save}
            onSubmit={event => {
              event.preventDefault()
              save()
            }}
          >
            <TextInput
              size="xs"
              aria-label="Name of the view"
              placeholder="Save this filter as"
              value={name}
              onChange={event => setName(event.currentTarget.value)}
            />
            <Button type="submit" disabled={!name.trim()}>
              Save
            </Button>
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

function View({ name, onChoose }: { name: string; onChoose: () => void }) {
  return (
    <button type="button" className={classes.view} onClick={onChoose}>
      {name}
    </button>
  )
}
