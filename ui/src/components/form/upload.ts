import { putContent } from '@/api/content/put'
import { type Content, formatOf } from '@/core/form/content'
import { type FileOf, manifest } from '@/core/form/manifest'
import type { Hashed } from './hash.worker'

/** A file that somebody has chosen or dropped. `path`: from the folder that it was in. */
export interface Chosen {
  file: File
  path: string
}

/** How far it is: bytes that have been read, or are being sent. */
export interface Progress {
  doing: 'reading' | 'sending'
  done: number
  total: number
}

interface Upload {
  /** What is wanted: `file`, `directory` or `frame`. */
  kind: string
  format: string
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

/** Puts files where the server keeps content, and gives what refers to them. */
export async function upload(chosen: readonly Chosen[], how: Upload): Promise<Content> {
  const total = chosen.reduce((sum, each) => sum + each.file.size, 0)
  const stored: FileOf[] = []
  let before = 0
  for (const { file, path } of chosen) {
    const digest = await digestOf(file, how.signal, done =>
      how.onProgress({ doing: 'reading', done: before + done, total }),
    )
    how.onProgress({ doing: 'sending', done: before, total })
    await putContent(digest, file, how.signal)
    stored.push({ path, digest, size: file.size })
    before += file.size
  }
  const [first] = stored
  if (how.kind !== 'directory' && first) {
    const { digest, size, path } = first
    return { kind: how.kind, name: path, format: formatOf(path, how.format), digest, size, uri: '' }
  }
  const list = new Blob([manifest(stored)])
  const digest = await digestOf(list, how.signal)
  await putContent(digest, list, how.signal)
  const name = chosen[0]?.file.webkitRelativePath.split('/')[0] ?? ''
  return { kind: 'directory', name, format: how.format, digest, size: total, uri: '' }
}

export function digestOf(
  blob: Blob,
  signal: AbortSignal,
  onDone: (done: number) => void = () => undefined,
): Promise<string> {
  const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' })
  return new Promise<string>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')))
    worker.onerror = event => reject(new Error(event.message || 'the file cannot be read'))
    worker.onmessage = ({ data }: MessageEvent<Hashed>) => {
      if ('digest' in data) resolve(data.digest)
      else if ('error' in data) reject(new Error(data.error))
      else onDone(data.done)
    }
    worker.postMessage(blob)
  }).finally(() => worker.terminate())
}

/** The files of a drop, those inside of folders among them. */
export async function dropped(transfer: DataTransfer): Promise<Chosen[]> {
  const entries = [...transfer.items].flatMap(each => each.webkitGetAsEntry() ?? [])
  const found = await Promise.all(entries.map(each => filesIn(each)))
  const files = found.flat()
  // One folder is meant by itself: paths go from there.
  return entries.length === 1 && entries[0]?.isDirectory
    ? files.map(each => ({ ...each, path: each.path.split('/').slice(1).join('/') }))
    : files
}

async function filesIn(entry: FileSystemEntry): Promise<Chosen[]> {
  const path = entry.fullPath.replace(/^\//, '')
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    return [{ file, path }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: Chosen[] = []
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (!part.length) return found
    found.push(...(await Promise.all(part.map(each => filesIn(each)))).flat())
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}
