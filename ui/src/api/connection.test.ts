import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { send } from './client'
import { connection } from './connection'

/** A server that answers, stands still, or has lost its database. */
const server = { isStill: false, isBlind: false, waiting: 0, most: 0 }

async function answer(_: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<Response> {
  server.waiting += 1
  server.most = Math.max(server.most, server.waiting)
  try {
    if (server.isStill) await stands(signal)
    return new Response('{}', { status: server.isBlind ? 503 : 200 })
  } finally {
    server.waiting -= 1
  }
}

/** Settles when the time is up that it is given, if it is. */
function stands(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('', 'TimeoutError')))
  })
}

beforeEach(() => {
  Object.assign(server, { isStill: false, isBlind: false, waiting: 0, most: 0 })
  vi.useFakeTimers()
  vi.stubGlobal('document', { hidden: false })
  vi.stubGlobal('fetch', answer)
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(milliseconds => {
    const ending = new AbortController()
    setTimeout(() => ending.abort(), milliseconds)
    return ending.signal
  })
})

afterEach(() => {
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

it('takes a server that stands still for away, asks it one thing at a time, and sees it come back', async () => {
  server.isStill = true
  connection.begin()
  await vi.advanceTimersByTimeAsync(7000)
  expect(connection.get()).toMatchObject({ state: 'offline', isBlind: false })
  await vi.advanceTimersByTimeAsync(60_000)
  expect([connection.get().state, server.most]).toEqual(['offline', 1])
  server.isStill = false
  await vi.advanceTimersByTimeAsync(10_000)
  expect(connection.get().state).toBe('live')
})

it('takes a server whose database is away for one that cannot say anything', async () => {
  server.isBlind = true
  await send(new Request('http://localhost/api/v1/executions'))
  await vi.advanceTimersByTimeAsync(0)
  expect(connection.get()).toMatchObject({ state: 'offline', isBlind: true })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(connection.get().state).toBe('offline')
  server.isBlind = false
  await vi.advanceTimersByTimeAsync(5000)
  expect(connection.get()).toMatchObject({ state: 'live', isBlind: false })
})

it('stays live when something else than the database is away', async () => {
  vi.stubGlobal('fetch', (request: Request | string) =>
    Promise.resolve(new Response('{}', { status: typeof request === 'string' ? 200 : 503 })),
  )
  await send(new Request('http://localhost/api/v1/content/abc'))
  await vi.advanceTimersByTimeAsync(0)
  expect(connection.get().state).toBe('live')
})
