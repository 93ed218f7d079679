import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { PhaseFilter } from '@/components/graph/PhaseFilter'
import type { Place } from '@/core/graph/place'
import type { PhaseName } from '@/core/graph/shape'
import { FoundNodes } from './FoundNodes'
import classes from './nodes.module.css'
import { NodeTree } from './NodeTree'
import type { ExecutionView } from './useView'

interface NodesTabProps {
  view: ExecutionView
  /** How many nodes are in each phase, at any depth. */
  counts: Record<string, number>
  isLive: boolean
  selected: string
  onSelect: (place: Place) => void
}

/** All nodes as a tree; with a filter those that it finds, at any depth. */
export function NodesTab({ view, counts, isLive, selected, onSelect }: NodesTabProps) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 150)
  const [phases, setPhases] = useState<ReadonlySet<PhaseName>>(new Set())
  const isFiltered = search !== '' || phases.size > 0
  return (
    <div className={classes.root}>
      <div className={classes.filter}>
        <TextInput
          className={classes.search}
          size="xs"
          aria-label="Part of a node's path"
          placeholder="At any depth: part of a path"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
        <PhaseFilter counts={counts} chosen={phases} onChoose={setPhases} />
      </div>
      {isFiltered ? (
        <FoundNodes
          view={view}
          filter={{ search, phase: [...phases] }}
          isLive={isLive}
          selected={selected}
          onSelect={onSelect}
        />
      ) : (
        <NodeTree view={view} isLive={isLive} selected={selected} onSelect={onSelect} />
      )}
    </div>
  )
}
