/** What the server says of a graph, with every default filled in. */

export type NodeKind =
  'task' | 'workflow' | 'launch_plan' | 'branch' | 'map' | 'gate' | 'dynamic' | 'eager'

export type PhaseName = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'ABORTED'

export interface EntityKey {
  kind: 'task' | 'workflow' | 'launch_plan'
  name: string
  version: string
  project: string
  domain: string
}

/** The structure of one scope: nothing in it changes with the phases of its nodes. */
export interface ScopeGraph {
  kind: 'workflow' | 'task' | 'branch' | 'map' | 'dynamic' | 'eager'
  title: string
  entity: EntityKey | null
  /** False: more nodes may come. */
  complete: boolean
  /** Nodes in all; the server cuts `nodes` off at some point. */
  total: number
  nodes: GraphNode[]
  edges: GraphEdge[]
  /** Of a map: what each element is. */
  element: GraphNode | null
}

export interface GraphNode {
  /** Unique in its scope. */
  id: string
  /** Of its node execution. */
  path: string
  kind: NodeKind
  title: string
  entity: EntityKey | null
  /** Kind of the task: python, shell, container, ... */
  task: string
  /** There is something inside to look at. */
  opens: boolean
  /** It may be found in the cache. */
  cached: boolean
  /** The function of a dynamic or eager task, or a failure handler. */
  role: '' | 'function' | 'handler'
  arms: Arm[]
  /** Of a map: the inputs that are lists. */
  over: string[]
  gate: '' | 'approve' | 'input' | 'sleep'
  seconds: number | null
  retries: number
  source: { file: string; line: number } | null
}

/** One way through a branch. */
export interface Arm {
  condition: string
  /** It has no nodes, and fails with this message. */
  fails: string | null
  nodes: GraphNode[]
  edges: GraphEdge[]
}

export interface GraphEdge {
  source: string
  target: string
  /** Nothing: order only. */
  data: { output: string; input: string }[]
}

/** As answered: what has its default is left out. Entities, sources and data are always whole. */
export type SparseGraph = Partial<Omit<ScopeGraph, 'nodes' | 'edges' | 'element'>> &
  SparsePart & { element?: SparseNode | null }
type SparseNode = Partial<Omit<GraphNode, 'arms'>> & { arms?: SparseArm[] }
type SparseArm = Partial<Omit<Arm, 'nodes' | 'edges'>> & SparsePart
interface SparsePart {
  nodes?: SparseNode[]
  edges?: Partial<GraphEdge>[]
}

/** Fill in the defaults of a graph as the server answers it. */
export function readGraph(raw: SparseGraph): ScopeGraph {
  return {
    kind: raw.kind ?? 'workflow',
    title: raw.title ?? '',
    entity: raw.entity ?? null,
    complete: raw.complete ?? true,
    total: raw.total ?? raw.nodes?.length ?? 0,
    nodes: (raw.nodes ?? []).map(readNode),
    edges: (raw.edges ?? []).map(readEdge),
    element: raw.element ? readNode(raw.element) : null,
  }
}

function readNode(raw: SparseNode): GraphNode {
  return {
    id: raw.id ?? '',
    path: raw.path ?? '',
    kind: raw.kind ?? 'task',
    title: raw.title ?? '',
    entity: raw.entity ?? null,
    task: raw.task ?? '',
    opens: raw.opens ?? false,
    cached: raw.cached ?? false,
    role: raw.role ?? '',
    arms: (raw.arms ?? []).map(readArm),
    over: raw.over ?? [],
    gate: raw.gate ?? '',
    seconds: raw.seconds ?? null,
    retries: raw.retries ?? 0,
    source: raw.source ?? null,
  }
}

function readArm(raw: SparseArm): Arm {
  return {
    condition: raw.condition ?? '',
    fails: raw.fails ?? null,
    nodes: (raw.nodes ?? []).map(readNode),
    edges: (raw.edges ?? []).map(readEdge),
  }
}

function readEdge(raw: Partial<GraphEdge>): GraphEdge {
  return { source: raw.source ?? '', target: raw.target ?? '', data: raw.data ?? [] }
}
