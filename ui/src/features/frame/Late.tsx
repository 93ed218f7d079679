import { notifications } from '@mantine/notifications'
import { CatchBoundary } from '@tanstack/react-router'
import { type ComponentType, lazy, Suspense, useState } from 'react'

export interface PartProps {
  onClose: () => void
}

interface LateProps extends PartProps {
  load: () => Promise<ComponentType<PartProps>>
}

/** What opens over the page, and is loaded by then. If that fails, as while the server is away, it
 * closes and says so: the page stays as it is, with all that was typed. The next time it is loaded
 * anew. */
export function Late({ load, onClose }: LateProps) {
  const [Part] = useState(() => lazy(async () => ({ default: await load() })))
  const give = () => {
    notifications.show({
      color: 'red',
      message:
        'Search cannot be shown. Nothing that you typed is lost: try again later, or load the page anew.',
    })
    onClose()
  }
  return (
    <CatchBoundary getResetKey={() => 0} errorComponent={Nothing} onCatch={give}>
      <Suspense>
        <Part onClose={onClose} />
      </Suspense>
    </CatchBoundary>
  )
}

function Nothing() {
  return null
}
