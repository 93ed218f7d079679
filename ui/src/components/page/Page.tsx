import type { ReactNode } from 'react'
import classes from './Page.module.css'

interface PageProps {
  /** The heading; none: what the page shows says it. */
  title?: ReactNode
  /** Beside the heading. */
  beside?: ReactNode
  /** What can be done here, at the right. */
  actions?: ReactNode
  /** Its content is as high as the window, and scrolls by itself: lists, graphs. */
  full?: boolean
  children: ReactNode
}

/** A page: its heading with what can be done, and its content below. */
export function Page({ title, beside, actions, full = false, children }: PageProps) {
  return (
    <div className={classes.root} data-full={full || undefined}>
      {(title ?? actions) && (
        <header className={classes.head}>
          <h1 className={classes.title}>{title}</h1>
          {beside && <div className={classes.beside}>{beside}</div>}
          {actions && <div className={classes.actions}>{actions}</div>}
        </header>
      )}
      {children}
    </div>
  )
}

interface SectionProps {
  title: ReactNode
  beside?: ReactNode
  children: ReactNode
}

/** A titled part of a page. */
export function Section({ title, beside, children }: SectionProps) {
  return (
    <section className={classes.section}>
      <header className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{title}</h2>
        {beside && <div className={classes.sectionBeside}>{beside}</div>}
      </header>
      <div className={classes.card}>{children}</div>
    </section>
  )
}
