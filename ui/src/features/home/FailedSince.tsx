import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { clock } from '@/api/clock'
import type { Execution } from '@/api/schema'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { DataTable } from '@/components/table/DataTable'
import { Time } from '@/components/time/Time'
import { FAILED, MOST } from './columns'
import { looked } from './looked'

interface FailedSinceProps {
  of: readonly Execution[]
  /** When somebody looked; none: nobody has yet, and it is within a day. */
  since: number | undefined
}

/** What failed since somebody looked. */
export function FailedSince({ of, since }: FailedSinceProps) {
  const navigate = useNavigate()
  return (
    <Section
      title={since === undefined ? 'Failed in the last day' : 'Failed since you looked'}
      beside={
        <>
          {since !== undefined && <Time at={since} />}
          {of.length > 0 && (
            <Button size="compact-xs" onClick={() => looked.set(String(clock.now()))}>
              Seen
            </Button>
          )}
          <Link to="/executions" search={{ q: 'phase:failed' }}>
            All failed
          </Link>
        </>
      }
    >
      {of.length === 0 ? (
        <Empty small title="Nothing has failed" />
      ) : (
        <DataTable
          label="Failed executions"
          columns={FAILED}
          rows={of}
          rowId={row => row.id}
          most={MOST}
          onOpen={row => navigate({ to: '/executions/$id', params: { id: row.id } })}
        />
      )}
    </Section>
  )
}
