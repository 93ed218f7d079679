import { IconBinaryTree2, IconPlayerPlay, IconPuzzle } from '@tabler/icons-react'
import type { EntityKey } from '@/api/schema'

const ICONS = { task: IconPuzzle, workflow: IconBinaryTree2, launch_plan: IconPlayerPlay }

export function KindIcon({ kind }: { kind: EntityKey['kind'] }) {
  const Icon = ICONS[kind]
  return <Icon size={16} aria-hidden />
}
