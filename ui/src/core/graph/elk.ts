import type { ElkEdgeSection, ElkNode } from 'elkjs/lib/elk-api'
import { GAP, type Laid, type Spot, type Task } from './layout'

/** A task as elk takes it. */
export function toElk(task: Task): ElkNode {
  return {
    id: 'scope',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': task.direction === 'right' ? 'RIGHT' : 'DOWN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.padding': '[top=0,left=0,bottom=0,right=0]',
      'elk.spacing.nodeNode': `${GAP.node}`,
      'elk.spacing.edgeNode': '16',
      'elk.spacing.edgeEdge': '10',
      'elk.spacing.componentComponent': `${GAP.node}`,
      'elk.layered.spacing.nodeNodeBetweenLayers': `${GAP.layer}`,
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
      'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
      // Nodes stay in the order in which they were written, wherever that costs no crossing.
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.mergeEdges': 'true',
    },
    children: task.sizes.map((size, at) => ({ id: `n${at}`, ...size })),
    edges: task.edges.map(([source, target], at) => ({
      id: `e${at}`,
      sources: [`n${source}`],
      targets: [`n${target}`],
    })),
  }
}

/** What elk has made of it. */
export function fromElk(root: ElkNode): Laid {
  const spots = (root.children ?? []).map(({ x, y }) => ({ x: x ?? 0, y: y ?? 0 }))
  const edges = root.edges ?? []
  const bends = edges.map(edge => (edge.sections ?? []).flatMap(points))
  return { width: root.width ?? 0, height: root.height ?? 0, spots, bends }
}

function points(section: ElkEdgeSection): Spot[] {
  return [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({
    x,
    y,
  }))
}
