import { Button, CloseButton } from '@mantine/core'
import { IconArrowsDiff } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { Execution } from '@/api/schema'
import { AbortButton } from '@/components/act/AbortButton'
import { RelaunchMenu } from '@/components/act/RelaunchMenu'
import { useCopy } from '@/components/name/copy'
import { useOffer } from '@/components/page/commands'
import { counted } from '@/core/text/shorten'
import { hasEnded, phaseOf } from '@/core/phase/phase'
import classes from './BulkBar.module.css'

interface BulkBarProps {
  chosen: readonly Execution[]
  onClear: () => void
}

/** What can be done to the executions that are chosen. */
export function BulkBar({ chosen, onClear }: BulkBarProps) {
  const navigate = useNavigate()
  const open = chosen.filter(row => !hasEnded(phaseOf(row.phase))).map(row => row.id)
  const [left = '', right = ''] = chosen
    .toSorted((a, b) => a.created - b.created)
    .map(row => row.id)
  const copy = useCopy()
  useOffer([
    {
      name: `Copy the id${chosen.length === 1 ? '' : 's'} of ${counted(chosen.length, 'execution')}`,
      run: () => copy(chosen.map(row => row.id).join('\n')),
    },
  ])
  const isPair = chosen.length === 2
  return (
    <div className={classes.root} role="toolbar" aria-label="Chosen executions">
      <span className={classes.count}>{chosen.length} chosen</span>
      <AbortButton ids={open} onDone={onClear} />
      <RelaunchMenu of={chosen} onDone={onClear} />
      <Button
        leftSection={<IconArrowsDiff size={14} aria-hidden />}
        disabled={!isPair}
        {...(!isPair && { title: 'Choose two to compare them' })}
        onClick={() => navigate({ to: '/compare', search: { left, right } })}
      >
        Compare
      </Button>
      <CloseButton aria-label="Choose none" onClick={onClear} />
    </div>
  )
}
