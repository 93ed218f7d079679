import { IconCalendarTime } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { schedules } from '@/api/schedules/queries'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { usePlaceFilter } from '@/components/page/place'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { Loading } from '@/components/states/Loading'
import { DataTable } from '@/components/table/DataTable'
import { counted } from '@/core/text/shorten'
import { COLUMNS } from './columns'
import classes from './SchedulesPage.module.css'

/** What starts by itself, and when. */
export function SchedulesPage() {
  usePlace([{ name: 'Schedules' }])
  const place = usePlaceFilter()
  const navigate = useNavigate()
  const query = useQuery(schedules(place))
  return (
    <Page title="Schedules" full>
      <div className={classes.list}>
        <Loaded of={query} loading={<Loading rows={8} />}>
          {rows =>
            rows.length === 0 ? (
              <Empty icon={<IconCalendarTime />} title="No schedule is active">
                A launch plan with a schedule starts by itself while one of its versions is active.
                Activate one on its page.
              </Empty>
            ) : (
              <DataTable
                label="Schedules"
                columns={COLUMNS}
                rows={rows}
                rowId={({ plan }) => `${plan.project} ${plan.domain} ${plan.name}`}
                onOpen={({ plan: { project, domain, name } }) =>
                  navigate({
                    to: '/$noun/$project/$domain/$name',
                    params: { noun: 'launch-plans', project, domain, name },
                  })
                }
                foot={counted(rows.length, 'schedule')}
              />
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}
