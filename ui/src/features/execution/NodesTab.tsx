import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { PhaseFilter } from '@/components/graph/PhaseFilter'
import type { Place } from '@/core/graph/place'
import { FoundNodes } from './FoundNodes'
import classes from './nodes.module.css'
import { NodeTree } from './NodeTree'
import { type ExecutionSearch, phasesIn } from './search'
import type { ExecutionView } from './useView'

interface NodesTabProps {
  view: ExecutionView
  /** How many nodes are in each phase, at any depth. */
  counts: Record<string, number>
  search: ExecutionSearch
  onSearch: (changes: ExecutionSearch) => void
  isLive: boolean
  selected: string
  onSelect: (place: Place) => void
}

/** All nodes as a tree; with a filter those that it finds, at any depth. */
export function NodesTab(props: NodesTabProps) {
  const { view, counts, search, onSearch, isLive, selected, onSelect } = props
  const { find = '' } = search
  const [text, setText] = useState(find)
  const say = useDebouncedCallback((find: string) => onSearch({ find }), 150)
  const phases = phasesIn(search)
  const isFiltered = find !== '' || phases.size > 0
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
          onChange={event => {
            setText(event.currentTarget.value)
            say(event.currentTarget.value.trim())
          }}
        />
        <PhaseFilter
          counts={counts}
          chosen={phases}
          onChoose={chosen => onSearch({ phases: [...chosen].join(',').toLowerCase() })}
        />
      </div>
      {isFiltered ? (
        <FoundNodes
          view={view}
          filter={{ search: find, phase: [...phases] }}
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
