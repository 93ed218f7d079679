import type { Execution } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { ExecutionLink } from '@/components/executions/ExecutionLink'
import { Copy } from '@/components/name/Name'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Duration } from '@/components/time/Duration'
import { Time } from '@/components/time/Time'
import { phaseOf } from '@/core/phase/phase'
import classes from './compare.module.css'

/** Which two are compared. */
export function Sides({ left, right }: { left: Execution; right: Execution }) {
  return (
    <div className={classes.sides}>
      <SideCard of={left} side="left" />
      <SideCard of={right} side="right" />
    </div>
  )
}

function SideCard({ of, side }: { of: Execution; side: 'left' | 'right' }) {
  const { id, entity, phase, created, ended, driven } = of
  return (
    <section className={classes.side} data-side={side} aria-label={side}>
      <p className={classes.sideHead}>
        <span className={classes.swatch} aria-hidden />
        <ExecutionLink id={id} />
        <PhaseMark phase={phaseOf(phase)} live={driven} word />
        <Duration from={created} to={ended} />
      </p>
      <p className={classes.sideFacts}>
        <EntityLink of={entity} versioned />
        {entity.version && (
          <span>
            version <Copy of={entity.version} mono />
          </span>
        )}
        <span>
          started <Time at={created} />
        </span>
      </p>
    </section>
  )
}
