import { IconArrowsSplit2, IconX } from '@tabler/icons-react'
import type { Box } from '@/core/graph/scene'
import classes from './boxes.module.css'
import { useGraph } from './context'
import { useArm } from './useArm'
import { useStatus } from './status'

/** Where the arms of a branch part. */
export function ChoiceBox({ box }: { box: Box }) {
  const { statuses, isRun } = useGraph()
  const status = useStatus(statuses, box.item?.place ?? { execution: '', path: '' })
  return (
    <div className={classes.choice} data-phase={isRun ? status?.phase : undefined}>
      <IconArrowsSplit2 size={16} stroke={1.75} aria-hidden />
    </div>
  )
}

/** When an arm is taken, in words. */
export function ConditionBox({ box }: { box: Box }) {
  const taken = useArm(box.item)
  return (
    <div
      className={classes.condition}
      data-taken={(taken !== null && taken === box.arm?.index) || undefined}
      title={box.text}
    >
      <span>{box.text}</span>
    </div>
  )
}

/** The end of an arm that fails. */
export function FailsBox({ box }: { box: Box }) {
  return (
    <div className={classes.fails} title={`fails: ${box.text}`}>
      <IconX size={14} aria-hidden />
      <span>{box.text}</span>
    </div>
  )
}

export function NoteBox({ box }: { box: Box }) {
  return <div className={classes.note}>{box.text}</div>
}
