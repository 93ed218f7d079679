import { Button } from '@mantine/core'
import type { Attempt } from '@/api/schema'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { phaseOf } from '@/core/phase/phase'

interface AttemptButtonsProps {
  attempts: readonly Attempt[]
  shown: Attempt
  onChoose: (attempt: number) => void
}

/** Chooses among several attempts; of one there is nothing to choose. */
export function AttemptButtons({ attempts, shown, onChoose }: AttemptButtonsProps) {
  if (attempts.length < 2) return null
  return attempts.map(each => (
    <Button
      key={each.number}
      size="compact-xs"
      variant={each === shown ? 'light' : 'subtle'}
      color={each === shown ? 'accent' : 'gray'}
      aria-pressed={each === shown}
      leftSection={<PhaseMark phase={phaseOf(each.phase)} size={12} />}
      onClick={() => onChoose(each.number)}
    >
      Attempt {each.number}
    </Button>
  ))
}
