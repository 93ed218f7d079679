import type { GraphNode } from './shape'
import { duration } from '../time/duration'

/** What a node is, for people. */
export function kindWord(node: GraphNode): string {
  switch (node.kind) {
    case 'task':
      return node.role === 'function'
        ? 'function'
        : node.role === 'handler'
          ? 'failure handler'
          : node.task && node.task !== 'python'
            ? `${node.task} task`
            : 'task'
    case 'launch_plan':
      return 'launch plan'
    case 'gate':
      return gateWord(node)
    case 'dynamic':
    case 'eager':
      return `${node.kind} task`
    case 'map':
      return `map over ${node.over.join(', ') || 'elements'}`
    case 'workflow':
      return node.role === 'handler' ? 'failure handler' : 'workflow'
    case 'branch':
      return 'branch'
  }
}

function gateWord({ gate, seconds }: GraphNode): string {
  if (gate === 'sleep') return seconds === null ? 'sleep' : `sleep ${duration(seconds)}`
  return gate === 'approve' ? 'approval' : 'input'
}

/** Its name; of one that has none, what it is. */
export function titleOf(node: GraphNode): string {
  return node.title || kindWord(node)
}
