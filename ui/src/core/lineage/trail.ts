/** A value at a node execution that has taken or given it, as the server tells it. */
export interface Use {
  digest: string
  execution: string
  path: string
  name: string
  made: boolean
  at: number
  reused: boolean
  uri: string
  preview: string
  entity: { kind: string; name: string; version: string; project: string; domain: string } | null
}

/** An answer about lineage: the second of each pair of positions comes from the first. */
export interface Found<U extends Use = Use> {
  uses: readonly U[]
  edges: readonly (readonly number[])[]
}

/** A value on its way: all its uses that are known to be of the very same one. */
export interface ValueNode<U extends Use = Use> {
  kind: 'value'
  id: string
  /** By when; the first one is where it was made, if that is known. */
  uses: U[]
  /** It is what was asked for. */
  isAsked: boolean
}

/** A node execution that has made values of others. */
export interface RunNode<U extends Use = Use> {
  kind: 'run'
  id: string
  execution: string
  path: string
  entity: U['entity']
  takes: U[]
  gives: U[]
  isReused: boolean
}

export type TrailNode<U extends Use = Use> = ValueNode<U> | RunNode<U>

/** Values and what has made them of which. */
export interface Trail<U extends Use = Use> {
  nodes: TrailNode<U>[]
  /** By position in `nodes`; `names`: what it is called where it arrives or leaves. */
  edges: { source: number; target: number; names: string[] }[]
}

const useKey = (use: Use) => [use.execution, use.path, use.made, use.name, use.digest].join('\n')
const placeOf = (use: Use) => `${use.execution}\n${use.path}`

/** Both answers as one: what both have told counts once. */
export function merged<U extends Use>(answers: readonly Found<U>[]): Found<U> {
  const places = new Map<string, number>()
  const uses: U[] = []
  const edges = new Map<string, [number, number]>()
  for (const answer of answers) {
    const at = answer.uses.map(use => {
      const key = useKey(use)
      const known = places.get(key)
      if (known !== undefined) return known
      places.set(key, uses.length)
      return uses.push(use) - 1
    })
    for (const [first = -1, second = -1] of answer.edges) {
      const [source, target] = [at[first], at[second]]
      if (source === undefined || target === undefined || source === target) continue
      edges.set(`${source} ${target}`, [source, target])
    }
  }
  return { uses, edges: [...edges.values()] }
}

/** What an answer tells, as values and runs that lead to each other.
 *
 * A value that is handed on stays one value: from a node to the workflow around it, into the next
 * one, out of the cache. A scope that only hands on what is in it is left out.
 *
 * @param isAsked whether a use is what was asked for
 */
export function trailOf<U extends Use>(
  { uses, edges }: Found<U>,
  isAsked: (use: U) => boolean,
): Trail<U> {
  const passing = scopesIn(uses)
  const same = new Classes(uses.length)
  const within = (a: U, b: U) => placeOf(a) === placeOf(b) && !passing.has(placeOf(a))
  for (const [first = -1, second = -1] of edges) {
    const [a, b] = [uses[first], uses[second]]
    if (a && b && a.digest === b.digest && !within(a, b)) same.join(first, second)
  }
  // Whoever asks by what it is means all that are equal.
  const asked = uses.flatMap((use, at) => (isAsked(use) ? [at] : []))
  for (const at of asked) {
    const twin = asked.find(other => uses[other]?.digest === uses[at]?.digest)
    if (twin !== undefined) same.join(twin, at)
  }
  return new Drawing(uses, edges, same, passing, new Set(asked)).made()
}

/** Puts nodes and edges together. */
class Drawing<U extends Use> {
  readonly #nodes: TrailNode<U>[] = []
  readonly #places = new Map<string, number>()
  readonly #edges = new Map<string, Trail['edges'][number]>()

  constructor(
    private readonly uses: readonly U[],
    private readonly pairs: Found<U>['edges'],
    private readonly same: Classes,
    private readonly passing: ReadonlySet<string>,
    private readonly asked: ReadonlySet<number>,
  ) {}

  made(): Trail<U> {
    this.uses.forEach((use, at) => this.#add(use, at))
    for (const [first = -1, second = -1] of this.pairs) this.#direct(first, second)
    for (const node of this.#nodes) {
      if (node.kind === 'value')
        node.uses.sort((a, b) => Number(b.made) - Number(a.made) || a.at - b.at)
    }
    return { nodes: this.#nodes, edges: [...this.#edges.values()] }
  }

  #add(use: U, at: number): void {
    const value = this.#value(use, at)
    if (this.passing.has(placeOf(use))) return
    const run = this.#run(use)
    const [source, target] = use.made ? [run, value] : [value, run]
    // What gives back what it was given would go round in a circle.
    if (!this.#edges.has(`${target} ${source}`)) this.#edge(source, target, use.name)
  }

  #value(use: U, at: number): number {
    const id = `value ${this.same.of(at)}`
    const place = this.#place(id, () => ({ kind: 'value', id, uses: [], isAsked: false }))
    const node = this.#nodes[place]
    if (node?.kind === 'value') {
      node.uses.push(use)
      node.isAsked ||= this.asked.has(at)
    }
    return place
  }

  #run(use: U): number {
    const { execution, path, entity } = use
    const id = `run ${placeOf(use)}`
    const place = this.#place(id, () => ({
      kind: 'run',
      id,
      execution,
      path,
      entity,
      takes: [],
      gives: [],
      isReused: false,
    }))
    const node = this.#nodes[place]
    if (node?.kind === 'run') {
      ;(use.made ? node.gives : node.takes).push(use)
      node.isReused ||= use.reused
    }
    return place
  }

  /** One value that comes from another with no run between them: a part of it, say. */
  #direct(first: number, second: number): void {
    const [a, b] = [this.uses[first], this.uses[second]]
    if (!a || !b || (placeOf(a) === placeOf(b) && !this.passing.has(placeOf(a)))) return
    const source = this.#places.get(`value ${this.same.of(first)}`)
    const target = this.#places.get(`value ${this.same.of(second)}`)
    if (source !== undefined && target !== undefined && source !== target) {
      this.#edge(source, target, '')
    }
  }

  #place(id: string, make: () => TrailNode<U>): number {
    const known = this.#places.get(id)
    if (known !== undefined) return known
    this.#places.set(id, this.#nodes.length)
    return this.#nodes.push(make()) - 1
  }

  #edge(source: number, target: number, name: string): void {
    const key = `${source} ${target}`
    const edge = this.#edges.get(key) ?? { source, target, names: [] }
    if (name && !edge.names.includes(name)) edge.names.push(name)
    this.#edges.set(key, edge)
  }
}

/** The places that have others in them: what goes through them is told there. */
function scopesIn(uses: readonly Use[]): Set<string> {
  const found = new Set<string>()
  for (const { execution, path } of uses) {
    for (const scope of above(path)) found.add(`${execution}\n${scope}`)
  }
  const places = new Set(uses.map(placeOf))
  return new Set([...found].filter(place => places.has(place)))
}

/** The scopes around a path, the execution among them: of `n1[3]/n0` these are `n1[3]`, `n1`, ``. */
export function above(path: string): string[] {
  if (path === '') return []
  const found = ['']
  for (const [at, letter] of Array.from(path).entries()) {
    if ((letter === '/' || letter === '[') && at > 0) found.push(path.slice(0, at))
  }
  return found
}

/** Positions that are the same as others. */
class Classes {
  readonly #parents: number[]

  constructor(count: number) {
    this.#parents = Array.from({ length: count }, (_, at) => at)
  }

  of(at: number): number {
    let root = at
    for (let next = this.#parents[root]; next !== undefined && next !== root;) {
      root = next
      next = this.#parents[root]
    }
    this.#parents[at] = root
    return root
  }

  join(a: number, b: number): void {
    const [first, second] = [this.of(a), this.of(b)].sort((x, y) => x - y)
    if (first !== undefined && second !== undefined) this.#parents[second] = first
  }
}
