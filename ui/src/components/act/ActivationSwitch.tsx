import { Switch, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { activate, deactivate } from '@/api/executions/acts'
import type { EntityKey } from '@/api/schema'
import { Ask } from './Ask'
import { useForbidden } from './role'

interface ActivationProps {
  /** A version of a launch plan. */
  plan: EntityKey
  /** The version that is active; empty: none is. */
  activeVersion: string
  /** How its schedule is told; empty: it has none. */
  schedule?: string
}

/** Whether this version of a launch plan is the active one; asks before it changes that. */
export function ActivationSwitch({ plan, activeVersion, schedule = '' }: ActivationProps) {
  const [isAsked, setAsked] = useState(false)
  const forbidden = useForbidden('operator', plan.project)
  const isActive = activeVersion === plan.version
  return (
    <>
      <Tooltip label={forbidden} disabled={!forbidden}>
        <Switch
          size="sm"
          label={isActive ? 'Active' : 'Not active'}
          aria-label={`${plan.name} ${plan.version} is active`}
          checked={isActive}
          disabled={forbidden !== undefined}
          onChange={() => setAsked(true)}
        />
      </Tooltip>
      <Ask
        opened={isAsked}
        title={isActive ? `Deactivate ${plan.name}?` : `Activate ${plan.name} ${plan.version}?`}
        verb={isActive ? 'Deactivate' : 'Activate'}
        act={() => (isActive ? deactivate(plan) : activate(plan))}
        onClose={() => setAsked(false)}
      >
        <Consequences isActive={isActive} activeVersion={activeVersion} schedule={schedule} />
      </Ask>
    </>
  )
}

interface ConsequencesProps {
  isActive: boolean
  activeVersion: string
  schedule: string
}

function Consequences({ isActive, activeVersion, schedule }: ConsequencesProps) {
  if (isActive) {
    return (
      <p>
        No version is active any more.{' '}
        {schedule ? `Its schedule (${schedule}) starts nothing from now on. ` : ''}
        What runs goes on.
      </p>
    )
  }
  return (
    <p>
      This version is the one that is meant where none is named
      {activeVersion ? `, in place of ${activeVersion}` : ''}.
      {schedule ? ` It starts by its schedule: ${schedule}.` : ''}
    </p>
  )
}
