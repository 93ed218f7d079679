import { Button, Menu } from '@mantine/core'
import { IconBrandPython, IconChevronDown, IconTerminal2, IconWorldUp } from '@tabler/icons-react'
import { useCopy } from '@/components/name/copy'
import type { Site, Snippets } from '@/core/copy/snippets'
import { useSite } from './site'

interface CopyAsProps {
  /** What the page does or shows, for a server. It is asked when something is copied. */
  of: (site: Site) => Snippets
  disabled?: boolean
}

const WAYS = [
  { way: 'python', name: 'Python', Icon: IconBrandPython },
  { way: 'cli', name: 'Command', Icon: IconTerminal2 },
  { way: 'curl', name: 'curl', Icon: IconWorldUp },
] as const

/** What the page does or shows, to do it elsewhere: as Python, as a command, as a request. */
export function CopyAs({ of, disabled = false }: CopyAsProps) {
  const site = useSite()
  const copy = useCopy()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button disabled={disabled} rightSection={<IconChevronDown size={14} aria-hidden />}>
          Copy as
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {WAYS.map(({ way, name, Icon }) => (
          <Menu.Item
            key={way}
            leftSection={<Icon size={15} aria-hidden />}
            onClick={() => copy(of(site)[way])}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
