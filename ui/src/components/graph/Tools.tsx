import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowRight, IconFlame, IconMaximize, IconMinus, IconPlus, IconRouteSquare, IconVectorSpline } from '@tabler/icons-react' // prettier-ignore
import type { ReactNode } from 'react'
import type { Direction } from '@/core/graph/layout'
import classes from './graph.module.css'
import { useLines } from './lines'

interface ToolsProps {
  direction: Direction
  onDirection: (direction: Direction) => void
  /** Undefined: there is no critical path to be seen. */
  critical?: boolean | undefined
  onCritical: (isOn: boolean) => void
  onZoom: (factor: number) => void
  onFit: () => void
}

/** How a graph is looked at. */
export function Tools({ direction, onDirection, critical, onCritical, onZoom, onFit }: ToolsProps) {
  const other = direction === 'right' ? 'down' : 'right'
  const [lines, setLines] = useLines()
  return (
    <div className={classes.tools} role="toolbar" aria-label="View of the graph">
      {critical !== undefined && (
        <Tool label="Critical path" isOn={critical} onClick={() => onCritical(!critical)}>
          <IconFlame size={16} aria-hidden />
        </Tool>
      )}
      <Tool
        label={other === 'down' ? 'Top to bottom' : 'Left to right'}
        onClick={() => onDirection(other)}
      >
        {other === 'down' ? (
          <IconArrowDown size={16} aria-hidden />
        ) : (
          <IconArrowRight size={16} aria-hidden />
        )}
      </Tool>
      <Tool
        label={lines === 'curved' ? 'Square edges' : 'Curved edges'}
        onClick={() => setLines(lines === 'curved' ? 'square' : 'curved')}
      >
        {lines === 'curved' ? (
          <IconRouteSquare size={16} aria-hidden />
        ) : (
          <IconVectorSpline size={16} aria-hidden />
        )}
      </Tool>
      <Tool label="Further away" onClick={() => onZoom(1 / 1.4)}>
        <IconMinus size={16} aria-hidden />
      </Tool>
      <Tool label="Nearer" onClick={() => onZoom(1.4)}>
        <IconPlus size={16} aria-hidden />
      </Tool>
      <Tool label="All of it" onClick={onFit}>
        <IconMaximize size={16} aria-hidden />
      </Tool>
    </div>
  )
}

interface ToolProps {
  label: string
  isOn?: boolean
  onClick: () => void
  children: ReactNode
}

function Tool({ label, isOn, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} aria-pressed={isOn} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
