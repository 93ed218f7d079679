import type { ReactNode } from 'react'
import classes from './Facts.module.css'

/** A fact: its name, and what it is; nothing: it is left out. */
export type Fact = readonly [name: string, value: ReactNode]

/** Facts, a line each. */
export function Facts({ of }: { of: readonly Fact[] }) {
  const told = of.filter(([, value]) => value != null && value !== '' && value !== false)
  return (
    <dl className={classes.root}>
      {told.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
