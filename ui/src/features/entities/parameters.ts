import type { ExactEntity } from '@/api/entities/queries'
import type { LiteralType } from '@/core/form/types'

export interface Parameter {
  name: string
  type: LiteralType
  description: string
}

/** An interface as it is sent: what is empty is left out. */
interface Sent {
  inputs?: readonly SentParameter[]
  outputs?: readonly SentParameter[]
}

interface SentParameter {
  name: string
  type: unknown
  description?: string
}

/** What an entity takes and gives. */
export function parametersOf(entity: ExactEntity): { inputs: Parameter[]; outputs: Parameter[] } {
  const { inputs = [], outputs = [] } = entity.interface as Sent
  return { inputs: inputs.map(whole), outputs: outputs.map(whole) }
}

function whole({ name, type, description = '' }: SentParameter): Parameter {
  return { name, type: type as LiteralType, description }
}

/** The workflow that a launch plan launches; undefined: it is none. */
export function workflowOf({ spec }: ExactEntity): string | undefined {
  return (spec as { workflow?: string }).workflow
}
