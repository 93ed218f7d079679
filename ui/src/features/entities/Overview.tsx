import { useQuery } from '@tanstack/react-query'
import type { ExactEntity } from '@/api/entities/queries'
import { executionKeys, firstExecutions } from '@/api/executions/queries'
import type { Course, EntityKey } from '@/api/schema'
import { PERIOD, useFresh } from '@/components/live/useFresh'
import { Loaded } from '@/components/states/Loaded'
import { Documentation } from './Documentation'
import { Facts } from './Facts'
import { Fires } from './Fires'
import { InterfaceTable } from './InterfaceTable'
import classes from './Overview.module.css'
import { RecentRuns } from './RecentRuns'
import { runsOf } from './runsOf'

const SHOWN = 10
/** Milliseconds between looks when something happens. */
const SOON = 1000

interface OverviewProps {
  of: ExactEntity
  /** Of a launch plan. */
  plan: Course | undefined
}

/** What it is, what it takes and gives, when it starts by itself, and how it has run lately. */
export function Overview({ of, plan }: OverviewProps) {
  const { key, description } = of.summary
  return (
    <div className={classes.root}>
      <div className={classes.main}>
        <InterfaceTable of={of} />
        {plan ? <RecentRuns of={key} executions={plan.executions} /> : <RunsOf of={key} />}
      </div>
      <div className={classes.side}>
        {plan && <Fires of={plan} />}
        <Facts of={of} />
        <Documentation of={description} />
      </div>
    </div>
  )
}

/** The newest executions of a task or a workflow. */
function RunsOf({ of }: { of: EntityKey }) {
  useFresh(executionKeys.lists(), SOON)
  const runs = useQuery({
    ...firstExecutions(runsOf(of), SHOWN),
    refetchInterval: PERIOD,
  })
  return (
    <Loaded of={runs} small>
      {({ items }) => <RecentRuns of={of} executions={items} />}
    </Loaded>
  )
}
