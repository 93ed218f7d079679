import { Link } from '@tanstack/react-router'
import { Name } from '@/components/name/Name'

/** The id of an execution, which leads to it. */
export function ExecutionLink({ id }: { id: string }) {
  return (
    <Link to="/executions/$id" params={{ id }}>
      <Name of={id} mono />
    </Link>
  )
}
