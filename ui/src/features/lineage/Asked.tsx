import type { LineageOf } from '@/api/lineage/queries'
import type { Use } from '@/api/schema'
import { NodeLink } from '@/components/executions/NodeLink'
import { Copy, Name } from '@/components/name/Name'
import type { TrailNode } from '@/core/lineage/trail'
import classes from './lineage.module.css'

interface AskedProps {
  of: LineageOf
  value: TrailNode<Use> | undefined
}

/** Whose lineage it is. */
export function Asked({ of: { digest, uri, execution, path }, value }: AskedProps) {
  const preview = value?.kind === 'value' ? value.uses[0]?.preview : ''
  if (digest) {
    return (
      <span className={classes.asked}>
        <span>of</span>
        {preview && (
          <span className={classes.askedValue}>
            <Name of={preview} kept={10} />
          </span>
        )}
        <span className={classes.digest}>
          <Copy of={digest.slice(0, 12)} text={digest} mono />
        </span>
      </span>
    )
  }
  if (uri) {
    return (
      <span className={classes.asked}>
        of <Copy of={uri} mono kept={24} />
      </span>
    )
  }
  return (
    <span className={classes.asked}>
      of what <NodeLink execution={execution ?? ''} path={path ?? ''} /> gives
    </span>
  )
}
