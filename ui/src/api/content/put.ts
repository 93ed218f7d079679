import { send } from '../client'
import { problemIn } from '../problem'

/** Bytes from which on it is worth asking first. */
const LARGE = 1_000_000

/** Sees to it that the server has bytes, by their digest. What is large and there is not sent again. */
export async function putContent(digest: string, bytes: Blob, signal: AbortSignal): Promise<void> {
  const url = new URL(`/api/v1/content/${digest}`, location.origin)
  if (bytes.size >= LARGE) {
    const there = await send(new Request(url, { method: 'HEAD', signal }))
    if (there.ok) return
  }
  const headers = { 'content-type': 'application/octet-stream' }
  const put = await send(new Request(url, { method: 'PUT', body: bytes, headers, signal }))
  if (!put.ok) throw await problemIn(put)
}
