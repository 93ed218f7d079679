/**
 * Where something is: a path in an execution. A page shows an execution and, inside it, those that
 * its launch plans have started, so a path alone does not say enough. An empty path is the execution
 * itself.
 */
export interface Place {
  execution: string
  path: string
}

/** A place as a text, by which it is known. */
export function placeKey(place: Place): string {
  return `${place.execution}:${place.path}`
}

/** Inverse of `placeKey`. The name of an execution has no colon. */
export function placeOf(key: string): Place {
  const colon = key.indexOf(':')
  return { execution: key.slice(0, colon), path: key.slice(colon + 1) }
}

/** A place for the address: of the page's own execution just the path, of another one `placeKey`. */
export function printPlace(place: Place, own: string): string {
  return place.execution === own ? place.path : placeKey(place)
}

/** Inverse of `printPlace`. */
export function parsePlace(text: string, own: string): Place {
  const child = /^([a-z][a-z0-9-]*):/.exec(text)
  return child ? placeOf(text) : { execution: own, path: text }
}

/** The path of an element of a map. */
export function elementPath(map: string, index: number): string {
  return `${map}[${index}]`
}

/** The path of the scope that a node execution is in; the scope of `n2[17]` is the map `n2`. */
export function scopeOf(path: string): string {
  if (path.endsWith(']')) return path.slice(0, path.lastIndexOf('['))
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

/** The scopes around a path, outermost first, without the execution itself: `a/b[3]/c` is in `a`,
 * `a/b` and `a/b[3]`. */
export function scopesAround(path: string): string[] {
  const around: string[] = []
  for (let scope = scopeOf(path); scope !== ''; scope = scopeOf(scope)) around.unshift(scope)
  return around
}

/** The last part of a path, for want of a name. */
export function lastOf(path: string): string {
  return path.endsWith(']')
    ? path.slice(path.lastIndexOf('['))
    : path.slice(path.lastIndexOf('/') + 1)
}
