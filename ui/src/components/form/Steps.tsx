import { ActionIcon } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { stepped } from '@/core/form/constraints'
import type { Constraint } from '@/core/form/types'
import classes from './form.module.css'

interface StepsProps {
  value: string
  constraints: readonly Constraint[]
  onStep: (value: string) => void
}

/** Up and down from a number. Keys do the same in its field, so that Tab passes over these. */
export function Steps({ value, constraints, onStep }: StepsProps) {
  return (
    <span className={classes.steps}>
      {([1, -1] as const).map(by => {
        const next = stepped(value, by, constraints)
        const Icon = by > 0 ? IconChevronUp : IconChevronDown
        return (
          <ActionIcon
            key={by}
            tabIndex={-1}
            aria-label={by > 0 ? 'More' : 'Less'}
            disabled={next === null}
            onClick={() => next !== null && onStep(next)}
          >
            <Icon size={12} aria-hidden />
          </ActionIcon>
        )
      })}
    </span>
  )
}
