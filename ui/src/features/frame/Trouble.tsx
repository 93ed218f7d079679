import type { ErrorComponentProps } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { connection } from '@/api/connection'
import { Away } from '@/api/problem'
import { Empty } from '@/components/states/Empty'
import { Failed } from '@/components/states/Failed'

/** A page has an error of its own, or could not be loaded: then it is, when the server is back. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const [isAway] = useState(() => connection.get().state === 'offline')
  useEffect(() => {
    if (!isAway) return
    return connection.onReturn(() => location.reload())
  }, [isAway])
  return <Failed error={isAway ? new Away() : error} retry={isAway ? undefined : reset} />
}

/** No page has this address. */
export function NotFound() {
  return (
    <Empty title="There is no such page">
      <p>Press Ctrl-K to go to another one.</p>
    </Empty>
  )
}
