/** Where the lineage of a value is shown: the target of a link. */
export function lineageOf(digest: string, way: 'upstream' | 'downstream') {
  const to: string = '/lineage'
  return { to, search: { digest, way } }
}
