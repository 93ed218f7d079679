import { Link, useNavigate } from '@tanstack/react-router'
import type { Execution } from '@/api/schema'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { DataTable } from '@/components/table/DataTable'
import { MOST, RUNNING } from './columns'
import classes from './HomePage.module.css'

/** What runs now: the newest, and how many there are in all. */
export function Running({ of, count }: { of: readonly Execution[]; count: number }) {
  const navigate = useNavigate()
  const all = (
    <Link to="/executions" search={{ q: 'phase:running' }}>
      All of them
    </Link>
  )
  return (
    <Section
      title={count > 0 ? `Running: ${count.toLocaleString('en')}` : 'Running'}
      beside={count > of.length ? all : undefined}
    >
      <div className={classes.running}>
        {of.length === 0 ? (
          <Empty small title="Nothing runs now" />
        ) : (
          <DataTable
            label="Running executions"
            columns={RUNNING}
            rows={of}
            rowId={row => row.id}
            most={MOST}
            onOpen={row => navigate({ to: '/executions/$id', params: { id: row.id } })}
          />
        )}
      </div>
    </Section>
  )
}
