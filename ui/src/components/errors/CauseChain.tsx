import { Link } from '@tanstack/react-router'
import type { Failure } from '@/api/schema'
import { visible } from '@/core/text/visible'
import { Clamped } from './Clamped'
import classes from './ErrorCard.module.css'

/** What led to a failure, the nearest first. */
export function CauseChain({ of }: { of: Failure }) {
  const causes = causesOf(of)
  if (causes.length === 0) return null
  return (
    <ol className={classes.causes}>
      {causes.map((cause, index) => (
        <li key={index} className={classes.cause}>
          <span className="faint">caused by </span>
          <span className={classes.code}>{visible(cause.code)}</span>
          {cause.path && cause.execution && (
            <NodeLink execution={cause.execution} path={cause.path} />
          )}
          <Clamped text={cause.message} lines={3} />
        </li>
      ))}
    </ol>
  )
}

const MOST = 20

function causesOf(failure: Failure): Failure[] {
  const causes: Failure[] = []
  for (let at = failure.cause; at && causes.length < MOST; at = at.cause) causes.push(at)
  return causes
}

interface NodeLinkProps {
  execution: string
  path: string
}

/** Where something happened: the node in its execution. */
export function NodeLink({ execution, path }: NodeLinkProps) {
  return (
    <Link
      className={classes.link}
      to="/executions/$id"
      params={{ id: execution }}
      search={{ ...(path && { node: path }), tab: 'error' }}
    >
      {visible(path) || 'the execution'} in {visible(execution)}
    </Link>
  )
}
