import { queryOptions } from '@tanstack/react-query'
import { send } from '../client'
import { problemIn } from '../problem'
import { token } from '../token'

/** Where content is had by its digest. */
export function contentUrl(digest: string): string {
  return `/api/v1/content/${encodeURIComponent(digest)}`
}

/** Content as bytes: only what is known to be small. Bytes of a digest never change. */
export function content(digest: string) {
  return queryOptions({
    queryKey: ['content', digest],
    queryFn: async ({ signal }) => {
      const url = new URL(contentUrl(digest), location.origin)
      const response = await send(new Request(url, { signal }))
      if (!response.ok) throw await problemIn(response)
      return response.blob()
    },
    staleTime: Infinity,
    gcTime: 60_000,
  })
}

/** Saves what is under an address as a file. The browser takes it as it comes, however large it is;
 * a server that wants to know who asks is asked by the page, which has to hold all of it.
 */
export async function save(path: string, name: string): Promise<void> {
  if (!token.get()) {
    click(path, name)
    return
  }
  const response = await send(new Request(new URL(path, location.origin)))
  if (!response.ok) throw await problemIn(response)
  saveBlob(await response.blob(), name)
}

/** Saves what the page has as a file. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  click(url, name)
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

function click(href: string, name: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = name
  link.click()
}
