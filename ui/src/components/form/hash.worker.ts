/** Digests of files (BLAKE3), beside the page, so that it stays awake. */
import { blake3 } from '@noble/hashes/blake3.js'
import { bytesToHex } from '@noble/hashes/utils.js'

export type Hashed = { done: number } | { digest: string } | { error: string }

self.onmessage = async (event: MessageEvent<Blob>) => {
  const tell = (message: Hashed) => self.postMessage(message)
  try {
    tell({ digest: await digestOf(event.data, done => tell({ done })) })
  } catch (error) {
    tell({ error: error instanceof Error ? error.message : String(error) })
  }
}

async function digestOf(blob: Blob, onDone: (done: number) => void): Promise<string> {
  const hash = blake3.create({})
  const reader = blob.stream().getReader()
  let done = 0
  for (;;) {
    const part = await reader.read()
    if (part.done) return bytesToHex(hash.digest())
    hash.update(part.value)
    done += part.value.length
    onDone(done)
  }
}
