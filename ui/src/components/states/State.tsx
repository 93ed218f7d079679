import type { ReactNode } from 'react'
import classes from './State.module.css'

interface StateProps {
  icon?: ReactNode
  title: string
  children?: ReactNode
  /** What can be done about it. */
  actions?: ReactNode
  tone?: 'calm' | 'bad'
  /** In a part of the page: without much room around it. */
  small?: boolean
}

/** What stands in place of content: one form for all that a page can be besides full. */
export function State({
  icon,
  title,
  children,
  actions,
  tone = 'calm',
  small = false,
}: StateProps) {
  return (
    <div
      className={classes.root}
      data-tone={tone}
      data-small={small || undefined}
      role={tone === 'bad' ? 'alert' : 'status'}
    >
      {icon && <span className={classes.icon}>{icon}</span>}
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.text}>{children}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  )
}
