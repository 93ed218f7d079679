import type { Glance } from '@/api/schema'
import { useStore } from '@/api/store'
import { FirstSteps } from '@/components/executions/FirstSteps'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { Loaded } from '@/components/states/Loaded'
import { FailedSince } from './FailedSince'
import { Health } from './Health'
import classes from './HomePage.module.css'
import { Lately } from './Lately'
import { looked } from './looked'
import { NextFires } from './NextFires'
import { Running } from './Running'
import { useGlance } from './useGlance'
import { Waiting } from './Waiting'

/** What happens, what failed, what waits for somebody, what comes next, and whether all is well. */
export function HomePage() {
  usePlace([{ name: 'Home' }])
  const since = Number(useStore(looked)) || undefined
  return (
    <Page>
      <Loaded of={useGlance(since)}>
        {found => (
          <div className={classes.root}>
            <div className={classes.main}>
              {isEmpty(found) ? (
                <div className={classes.first}>
                  <FirstSteps />
                </div>
              ) : (
                <>
                  <Lately of={found.lately} />
                  <Running of={found.running} count={found.lately.all.phases['RUNNING'] ?? 0} />
                  <FailedSince of={found.failed} since={since} />
                </>
              )}
            </div>
            <div className={classes.side}>
              <Waiting of={found.gates} />
              <NextFires of={found.schedules} />
              <Health of={found.system} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  )
}

/** Nothing was ever run here. */
function isEmpty({ lately }: Glance): boolean {
  return Object.values(lately.all.phases).every(count => count === 0)
}
