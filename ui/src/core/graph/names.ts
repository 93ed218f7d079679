import { titleOf } from './kinds'
import { lastOf, type Place, scopesAround } from './place'
import type { GraphNode, ScopeGraph } from './shape'

/** What a node is called, with the names on the way to it. */
export interface Names {
  /** Outermost first, as far as they are known; ids from there on. */
  told: string
  /** Whose structure has to be known to tell more; undefined: it is all. */
  wants?: Place
}

/** The names on the way to a node execution: `score / size / thorough`, `fit[3] / solve`.
 *
 * @param graphOf the structure of a scope; undefined: it is not known
 */
export function namesOf(
  { execution, path }: Place,
  graphOf: (scope: Place) => ScopeGraph | undefined,
): Names {
  const ids = [...scopesAround(path), path].map(lastOf)
  const names: string[] = []
  const told = () => [...names, ...ids.slice(names.length)].reduce(joined, '')
  let scope: Place = { execution, path: '' }
  /** Those of the arms of a branch come with the graph around it. */
  let nodes: readonly GraphNode[] | undefined
  for (const [at, id] of ids.entries()) {
    if (isElement(id)) {
      names.push(id)
      if (at + 1 === ids.length) break
      const map = graphOf(scope)
      if (!map) return { told: told(), wants: scope }
      // What is decided while it runs may be another one in each element; all else is alike.
      scope = inside(scope, map.element?.kind === 'workflow' ? '[0]' : id)
      nodes = undefined
      continue
    }
    nodes ??= graphOf(scope)?.nodes
    if (!nodes) return { told: told(), wants: scope }
    const node = nodes.find(each => each.id === id)
    if (!node) break
    names.push(titleOf(node))
    scope = inside(scope, id)
    nodes = node.kind === 'branch' ? node.arms.flatMap(arm => arm.nodes) : undefined
  }
  return { told: told() }
}

const isElement = (id: string) => id.startsWith('[')

function inside({ execution, path }: Place, id: string): Place {
  return { execution, path: path === '' || isElement(id) ? path + id : `${path}/${id}` }
}

function joined(outer: string, name: string): string {
  return outer === '' || isElement(name) ? outer + name : `${outer} / ${name}`
}
