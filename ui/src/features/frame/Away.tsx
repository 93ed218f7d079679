import { IconCloudOff } from '@tabler/icons-react'
import { connection } from '@/api/connection'
import { useStore } from '@/api/store'
import { Time } from '@/components/time/Time'
import classes from './Away.module.css'

/** Says so while the server is away. */
export function Away() {
  const { state, since, isBlind } = useStore(connection)
  if (state !== 'offline') return null
  return (
    <div className={classes.root} role="alert">
      <IconCloudOff size={16} aria-hidden />
      <span>
        {isBlind ? 'The server cannot read what it keeps.' : 'The server does not answer.'} What you
        see is as it was <Time at={since} />; nothing that you have typed is lost.
      </span>
    </div>
  )
}
