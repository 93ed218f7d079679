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

/** As answered: what has its default is left out. */
export type Sparse<T> = {
  [K in keyof T]?: T[K] extends (infer I)[]
    ? I extends object
      ? Sparse<I>[]
      : T[K]
    : T[K] extends object | null
      ? Sparse<NonNullable<T[K]>> | null
      : T[K]
}

/** Fill in the defaults of a graph as the server answers it. */
export function readGraph(raw: Sparse<ScopeGraph>): ScopeGraph {
  return {
    kind: raw.kind ?? 'workflow',
    title: raw.title ?? '',
    entity: readEntity(raw.entity),
    complete: raw.complete ?? true,
    total: raw.total ?? raw.nodes?.length ?? 0,
    nodes: (raw.nodes ?? []).map(readNode),
    edges: (raw.edges ?? []).map(readEdge),
    element: raw.element ? readNode(raw.element) : null,
  }
}

function readNode(raw: Sparse<GraphNode>): GraphNode {
  return {
    id: raw.id ?? '',
    path: raw.path ?? '',
    kind: raw.kind ?? 'task',
    title: raw.title ?? '',
    entity: readEntity(raw.entity),
    task: raw.task ?? '',
    opens: raw.opens ?? false,
    cached: raw.cached ?? false,
    role: raw.role ?? '',
    arms: (raw.arms ?? []).map(readArm),
    over: raw.over ?? [],
    gate: raw.gate ?? '',
    seconds: raw.seconds ?? null,
    retries: raw.retries ?? 0,
    source: raw.source ? { file: raw.source.file ?? '', line: raw.source.line ?? 0 } : null,
  }
}

function readArm(raw: Sparse<Arm>): Arm {
  return {
    condition: raw.condition ?? '',
    fails: raw.fails ?? null,
    nodes: (raw.nodes ?? []).map(readNode),
    edges: (raw.edges ?? []).map(readEdge),
  }
}

function readEdge(raw: Sparse<GraphEdge>): GraphEdge {
  const data = (raw.data ?? []).map(({ output, input }) => ({
    output: output ?? '',
    input: input ?? '',
  }))
  return { source: raw.source ?? '', target: raw.target ?? '', data }
}

function readEntity(raw: Sparse<EntityKey> | null | undefined): EntityKey | null {
  if (!raw) return null
  return {
    kind: raw.kind ?? 'task',
    name: raw.name ?? '',
    version: raw.version ?? '',
    project: raw.project ?? '',
    domain: raw.domain ?? '',
  }
}
