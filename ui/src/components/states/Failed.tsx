import { Button } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCloudOff,
  IconHelpCircle,
  IconLock,
  IconRefresh,
} from '@tabler/icons-react'
import { Away, ProblemError } from '@/api/problem'
import { State } from './State'

interface FailedProps {
  error: unknown
  /** Tries again. */
  retry?: (() => void) | undefined
  small?: boolean
}

/** Why something cannot be shown: what is wrong, why, and what can be done. */
export function Failed({ error, retry, small = false }: FailedProps) {
  const again = retry && (
    <Button leftSection={<IconRefresh size={14} />} onClick={retry}>
      Try again
    </Button>
  )
  if (error instanceof Away) {
    return (
      <State
        small={small}
        icon={<IconCloudOff />}
        title="The server does not answer"
        actions={again}
      >
        It is asked again by itself. What you see meanwhile is as it was.
      </State>
    )
  }
  if (!(error instanceof ProblemError)) {
    const told = error instanceof Error ? error.message : String(error)
    return (
      <State
        small={small}
        tone="bad"
        icon={<IconAlertTriangle />}
        title="This page has an error"
        actions={again}
      >
        <code className="mono">{told}</code>
      </State>
    )
  }
  const { problem, request } = error
  if (problem.status === 403) {
    return (
      <State small={small} icon={<IconLock />} title="You may not see this">
        <p>{problem.detail}</p>
        {problem.hint && <p>{problem.hint}</p>}
      </State>
    )
  }
  if (problem.status === 404) {
    return (
      <State small={small} icon={<IconHelpCircle />} title="It is not here" actions={again}>
        <p>{problem.detail}</p>
        <p>{problem.hint ?? 'It may have another name, or you may not know of it.'}</p>
      </State>
    )
  }
  return (
    <State
      small={small}
      tone="bad"
      icon={<IconAlertTriangle />}
      title={problem.title}
      actions={again}
    >
      <p>{problem.detail}</p>
      {problem.hint && <p>{problem.hint}</p>}
      {problem.status >= 500 && request && <p className="faint">Request {request}</p>}
    </State>
  )
}
