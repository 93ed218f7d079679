import { Link } from '@tanstack/react-router'
import { Name } from '@/components/name/Name'

interface NodeLinkProps {
  execution: string
  /** Empty: the execution itself. */
  path: string
  /** The tab of its panel. */
  tab?: string
}

/** A node execution, which leads to it in its execution. */
export function NodeLink({ execution, path, tab }: NodeLinkProps) {
  return (
    <Link
      to="/executions/$id"
      params={{ id: execution }}
      search={{ ...(path && { node: path }), ...(tab && { tab }) }}
    >
      <Name of={path ? `${execution} ${path}` : execution} mono />
    </Link>
  )
}
