import { ActionIcon, Menu } from '@mantine/core'
import { IconBrandPython, IconCopy, IconDots, IconDownload } from '@tabler/icons-react'
import { contentUrl, save } from '@/api/node/content'
import type { Side } from '@/api/node/queries'
import type { Part } from '@/api/schema'
import { useSite } from '@/components/act/site'
import { useCopy } from '@/components/name/copy'
import type { Place } from '@/core/graph/place'
import { shapeOf } from '@/core/values/preview'
import { fetching, toPython } from '@/core/values/python'

interface ValueMenuProps {
  of: Place
  side: Side
  part: Part
}

/** What can be done with an input or output. */
export function ValueMenu({ of, side, part }: ValueMenuProps) {
  const copy = useCopy()
  const site = useSite()
  const shape = shapeOf(part.preview)
  const content = shape.shape === 'content' ? shape.content : undefined
  const name = String(part.key)
  const python =
    toPython(part.preview) ?? (of.path === '' ? fetching(site.url, of.execution, side, name) : '')
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={24} aria-label={`More about ${name}`}>
          <IconDots size={15} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {python && (
          <Menu.Item
            leftSection={<IconBrandPython size={15} aria-hidden />}
            onClick={() => copy(python)}
          >
            Copy as Python
          </Menu.Item>
        )}
        {shape.shape === 'scalar' && (
          <Menu.Item
            leftSection={<IconCopy size={15} aria-hidden />}
            onClick={() => copy(String(shape.value ?? ''))}
          >
            Copy the value
          </Menu.Item>
        )}
        {content?.digest && !content.uri && content.kind !== 'directory' && (
          <Menu.Item
            leftSection={<IconDownload size={15} aria-hidden />}
            onClick={() =>
              void save(
                contentUrl(content.digest),
                content.name || `${name}.${content.format || 'bin'}`,
              )
            }
          >
            Download
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
