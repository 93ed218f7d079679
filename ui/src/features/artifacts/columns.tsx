import { ActionIcon } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { contentUrl, save } from '@/api/node/content'
import type { Artifact } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { NodeLink } from '@/components/executions/NodeLink'
import { Copy, Name } from '@/components/name/Name'
import type { Column } from '@/components/table/column'
import { Time } from '@/components/time/Time'
import { size } from '@/core/text/shorten'

/** What is listed of artifacts. */
export const COLUMNS: readonly Column<Artifact>[] = [
  {
    id: 'value',
    name: 'Value',
    width: 240,
    grows: true,
    cell: of => (
      <Link to="/lineage" search={{ digest: of.digest }}>
        <Name of={told(of)} kept={10} />
      </Link>
    ),
  },
  {
    id: 'type',
    name: 'Type',
    width: 150,
    from: 900,
    cell: ({ type }) => (
      <span className="mono dim" title={type}>
        {type}
      </span>
    ),
  },
  {
    id: 'size',
    name: 'Size',
    width: 88,
    from: 620,
    atEnd: true,
    cell: of => of.size !== null && <span className="mono dim">{size(of.size)}</span>,
  },
  {
    id: 'task',
    name: 'Made by',
    width: 180,
    from: 480,
    cell: of => of.entity && <EntityLink of={of.entity} versioned />,
  },
  {
    id: 'where',
    name: 'In',
    width: 180,
    from: 900,
    cell: of => <NodeLink execution={of.execution} path={of.path} tab="outputs" />,
  },
  {
    id: 'name',
    name: 'Output',
    width: 110,
    from: 1100,
    cell: ({ name }) => (
      <span className="mono dim" title={name}>
        {name}
      </span>
    ),
  },
  {
    id: 'digest',
    name: 'Digest',
    width: 132,
    from: 1160,
    cell: ({ digest }) => <Copy of={digest} mono kept={4} />,
  },
  { id: 'at', name: 'When', width: 110, atEnd: true, cell: ({ at }) => <Time at={at} /> },
  { id: 'save', name: 'Save', width: 72, from: 620, atEnd: true, cell: of => <Save of={of} /> },
]

/** Saves content. What lies elsewhere is had there. */
function Save({ of }: { of: Artifact }) {
  if (of.size === null || of.uri) return null
  const { file, label } = named(of)
  return (
    <ActionIcon
      size={22}
      aria-label={label}
      title={label}
      onClick={() => void save(contentUrl(of.digest), file)}
    >
      <IconDownload size={14} aria-hidden />
    </ActionIcon>
  )
}

/** What it is, without the size, which has a column. */
function told(of: Artifact): string {
  const name = of.size === null ? undefined : nameIn(of.preview)
  return name ?? (of.preview || of.uri || of.digest)
}

function named({ preview, digest }: Artifact): { file: string; label: string } {
  const name = nameIn(preview)
  return { file: name ?? digest.slice(0, 12), label: `Save ${name ?? 'it'}` }
}

/** The name of a file stands before its size in the preview: `report.csv (12 kB)`. */
function nameIn(preview: string): string | undefined {
  return /^(\S[^/\\]*?) \([^)]*\)$/.exec(preview)?.[1]
}
