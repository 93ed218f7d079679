import type { Node, NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { Box } from '@/core/graph/scene'
import classes from './boxes.module.css'
import { ChoiceBox, ConditionBox, FailsBox, NoteBox } from './BranchBoxes'
import { CellsBox } from './CellsBox'
import { GroupBox } from './GroupBox'
import { NodeBox } from './NodeBox'
import { usePassedBy } from './useArm'

export type BoxNodeType = Node<{ box: Box }, 'box'>

/** A box as the library of the graph takes it: it only places what is inside. */
export const BoxNode = memo(function BoxNode({ data: { box } }: NodeProps<BoxNodeType>) {
  const isFaded = usePassedBy(box.arm)
  return (
    <div
      className={isFaded ? classes.faded : undefined}
      style={{ width: box.width, height: box.height }}
    >
      <Inside box={box} />
    </div>
  )
})

function Inside({ box }: { box: Box }) {
  switch (box.look) {
    case 'node':
      return box.item && <NodeBox item={box.item} />
    case 'group':
      return box.item && <GroupBox item={box.item} />
    case 'cells':
      return box.item && <CellsBox item={box.item} width={box.width} height={box.height} />
    case 'choice':
      return <ChoiceBox box={box} />
    case 'condition':
      return <ConditionBox box={box} />
    case 'fails':
      return <FailsBox box={box} />
    case 'note':
      return <NoteBox box={box} />
  }
}
