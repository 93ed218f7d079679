import { Link } from '@tanstack/react-router'
import { Name } from '@/components/name/Name'
import classes from './boxes.module.css'

/** The execution that a launch plan has started: it opens in place, and has a page of its own. */
export function ChildLink({ id }: { id: string }) {
  return (
    <Link
      to="/executions/$id"
      params={{ id }}
      className={classes.child}
      title={`The execution ${id}`}
      onClick={event => event.stopPropagation()}
    >
      <Name of={id} mono />
    </Link>
  )
}
