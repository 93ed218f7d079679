import { Link, useNavigate } from '@tanstack/react-router'
import type { EntityKey, Execution } from '@/api/schema'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { DataTable } from '@/components/table/DataTable'
import classes from './Overview.module.css'
import { RUNS } from './runColumns'

const MOST = 10

interface RecentRunsProps {
  of: EntityKey
  /** Its newest executions, of any version. */
  executions: readonly Execution[]
}

/** Tasks run inside of workflows; these are not told of here. */
const BY_ITSELF = 'It has not been run by itself yet'

export function RecentRuns({ of, executions }: RecentRunsProps) {
  const navigate = useNavigate()
  return (
    <Section
      title="Recent executions"
      beside={
        <Link to="/fleet" search={{ kind: of.kind, name: of.name }}>
          See them side by side
        </Link>
      }
    >
      {executions.length === 0 ? (
        <Empty small title={of.kind === 'task' ? BY_ITSELF : 'It has not been run yet'}>
          <Link className={classes.link} to="/launch" search={launchOf(of)}>
            Launch it
          </Link>
          {of.kind === 'launch_plan' && ', or wait for its schedule while it is active'}
        </Empty>
      ) : (
        <DataTable
          label="Recent executions"
          columns={RUNS}
          rows={executions}
          rowId={row => row.id}
          most={MOST}
          onOpen={row => navigate({ to: '/executions/$id', params: { id: row.id } })}
        />
      )}
    </Section>
  )
}

function launchOf({ kind, project, domain, name }: EntityKey) {
  return { kind, project, domain, name }
}
