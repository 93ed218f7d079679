import { getRouteApi, Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import classes from './fleet.module.css'

const route = getRouteApi('/fleet')

/** Which node's inside is shown, and the way out of it. */
export function Scope({ scope }: { scope: string }) {
  const { name = '' } = route.useSearch()
  if (!scope) return null
  const parts = scope.split('/')
  const steps = parts.map((part, at) => ({ part, scope: parts.slice(0, at + 1).join('/') }))
  return (
    <nav className={classes.scope} aria-label="Inside of">
      <Link to="/fleet" search={old => ({ ...old, scope: '' })}>
        {name}
      </Link>
      {steps.map(step => (
        <Fragment key={step.scope}>
          <span aria-hidden>/</span>
          {step.scope === scope ? (
            <span className="mono">{step.part}</span>
          ) : (
            <Link className="mono" to="/fleet" search={old => ({ ...old, scope: step.scope })}>
              {step.part}
            </Link>
          )}
        </Fragment>
      ))}
    </nav>
  )
}
