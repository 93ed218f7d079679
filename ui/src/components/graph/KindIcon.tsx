import {
  IconArrowsSplit2,
  IconBracketsContain,
  IconBrandDocker,
  IconCode,
  IconDatabase,
  IconGridDots,
  IconHandStop,
  IconKeyboard,
  IconLifebuoy,
  IconMoon,
  IconRepeat,
  IconRocket,
  IconSitemap,
  IconTerminal2,
  IconTopologyStar3,
} from '@tabler/icons-react'
import { createElement } from 'react'
import type { GraphNode } from '@/core/graph/shape'

const TASKS: Record<string, typeof IconCode> = {
  shell: IconTerminal2,
  container: IconBrandDocker,
  sql: IconDatabase,
}

function iconOf({ kind, gate, role, task }: GraphNode): typeof IconCode {
  if (role === 'handler') return IconLifebuoy
  switch (kind) {
    case 'task':
      return role === 'function' ? IconBracketsContain : (TASKS[task] ?? IconCode)
    case 'workflow':
      return IconSitemap
    case 'launch_plan':
      return IconRocket
    case 'branch':
      return IconArrowsSplit2
    case 'map':
      return IconGridDots
    case 'gate':
      return gate === 'sleep' ? IconMoon : gate === 'approve' ? IconHandStop : IconKeyboard
    case 'dynamic':
      return IconTopologyStar3
    case 'eager':
      return IconRepeat
  }
}

/** What kind of node it is, as a small picture. The word stands elsewhere. */
export function KindIcon({ node, size = 13 }: { node: GraphNode; size?: number }) {
  return createElement(iconOf(node), { size, stroke: 1.75, 'aria-hidden': true })
}
