import { afterEach, expect, it, vi } from 'vitest'
import { connection } from './connection'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** Settles when the time is up that it is given, if it is. */
function stands(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('', 'TimeoutError')))
  })
}

it('takes a server that stands still for away, asks it one thing at a time, and sees it come back', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('document', { hidden: false })
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(milliseconds => {
    const ending = new AbortController()
    setTimeout(() => ending.abort(), milliseconds)
    return ending.signal
  })
  const server = { isStill: true, waiting: 0, most: 0 }
  vi.stubGlobal('fetch', async (_: string, { signal }: { signal?: AbortSignal }) => {
    server.waiting += 1
    server.most = Math.max(server.most, server.waiting)
    try {
      return server.isStill ? await stands(signal) : new Response()
    } finally {
      server.waiting -= 1
    }
  })
  connection.begin()
  await vi.advanceTimersByTimeAsync(7000)
  expect(connection.get().state).toBe('offline')
  await vi.advanceTimersByTimeAsync(60_000)
  expect([connection.get().state, server.most]).toEqual(['offline', 1])
  server.isStill = false
  await vi.advanceTimersByTimeAsync(10_000)
  expect(connection.get().state).toBe('live')
})
