import { useQuery } from '@tanstack/react-query'
import { whoami } from '@/api/server/queries'

export type Role = 'viewer' | 'operator' | 'admin'
const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

/** Why whoever looks may not act so; undefined: they may, or nobody knows yet. */
export function useForbidden(role: Role, project?: string): string | undefined {
  const { data } = useQuery(whoami)
  if (!data) return undefined
  if (ROLES.indexOf(data.role) < ROLES.indexOf(role)) {
    return `You are ${data.name}, a ${data.role}: this takes the role ${role}`
  }
  const isOutside = data.projects && project !== undefined && !data.projects.includes(project)
  return isOutside ? `You are ${data.name}, and have no rights in project ${project}` : undefined
}
