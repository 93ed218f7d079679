import { useEffect, useMemo } from 'react'
import { Log, type LogOf, type LogState } from '@/api/logs/log'
import { useStore } from '@/api/store'

/** The log of an attempt, open for as long as it is shown. */
export function useLog(of: LogOf): [Log, LogState] {
  const key = JSON.stringify(of)
  const log = useMemo(() => new Log(JSON.parse(key) as LogOf), [key])
  useEffect(() => {
    log.open()
    return () => log.close()
  }, [log])
  return [log, useStore(log)]
}
