import { useQuery } from '@tanstack/react-query'
import { gatesOf } from '@/api/gates/queries'
import { GateCard } from './GateCard'

interface GatesProps {
  /** Those of this execution, and of those that it has started. */
  execution: string
  project?: string | undefined
  /** Only this one. */
  path?: string | undefined
}

/** The gates of an execution that wait for somebody; nothing where none does. */
export function Gates({ execution, project, path }: GatesProps) {
  const { data } = useQuery(gatesOf(execution))
  const shown = data?.filter(
    each => path === undefined || (each.path === path && each.execution === execution),
  )
  return shown?.map(gate => (
    <GateCard
      key={`${gate.execution} ${gate.path}`}
      gate={gate}
      project={project}
      named={gate.execution !== execution}
    />
  ))
}
