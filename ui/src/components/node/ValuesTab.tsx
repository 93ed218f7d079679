import type { Side } from '@/api/node/queries'
import { ValueList } from '@/components/values/ValueList'
import type { Shown } from './useNode'
import classes from './node.module.css'

export function ValuesTab({ of, side }: { of: Shown; side: Side }) {
  return (
    <div className={classes.scroll}>
      <ValueList of={of.of} side={side} live={of.live} />
    </div>
  )
}
