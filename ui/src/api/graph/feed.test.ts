import { afterEach, expect, it, vi } from 'vitest'
import { Feed, type Answer, type Ask } from './feed'

interface Row {
  path: string
  phase: string
}

/** A server with one journal, that is asked as the real one is. */
class Server {
  seq = 0
  asked: string[] = []
  mostChanges = Infinity
  private readonly rows = new Map<string, Row & { seq: number }>()

  put(path: string, phase: string): void {
    this.seq += 1
    this.rows.set(path, { path, phase, seq: this.seq })
  }

  ask: Ask<Row> = (execution, { scopes, cursor, since }) => {
    this.asked.push(`${execution} ${scopes.join('+')} ${since ?? 'all'}`)
    const all = [...this.rows.values()].filter(row =>
      scopes.includes(row.path.includes('/') ? (row.path.split('/')[0] ?? '') : ''),
    )
    const found = since === undefined ? all : all.filter(row => row.seq > since)
    const page = since === undefined ? found.slice(Number(cursor ?? 0)).slice(0, 3) : found
    const end = Number(cursor ?? 0) + page.length
    const answer: Answer<Row> = {
      items: found.length > this.mostChanges && since !== undefined ? [] : page,
      seq: this.seq,
      complete: since === undefined || found.length <= this.mostChanges,
      next: since === undefined && end < found.length ? String(end) : null,
    }
    return Promise.resolve(answer)
  }
}

afterEach(() => vi.useRealTimers())

const settled = () => new Promise(resolve => setTimeout(resolve))

it('reads a scope once, and then only changes, of all scopes together', async () => {
  const server = new Server()
  server.put('a', 'RUNNING')
  server.put('a/x', 'RUNNING')
  const feed = new Feed(server.ask)
  feed.watch([
    { execution: 'e', path: '' },
    { execution: 'e', path: 'a' },
  ])
  await settled()
  server.put('a/x', 'FAILED')
  feed.refresh()
  await settled()
  expect(server.asked).toEqual(['e +a all', 'e +a 2'])
  expect(feed.item({ execution: 'e', path: 'a/x' })?.phase).toBe('FAILED')
  expect(feed.item({ execution: 'e', path: 'a' })?.phase).toBe('RUNNING')
})

it('asks once for however much happens while it waits', async () => {
  const server = new Server()
  const feed = new Feed(server.ask)
  feed.watch([{ execution: 'e', path: '' }])
  for (let turn = 0; turn < 50; turn++) feed.refresh()
  await settled()
  expect(server.asked).toHaveLength(2)
})

it('reads all again when too much has changed', async () => {
  const server = new Server()
  const feed = new Feed(server.ask)
  feed.watch([{ execution: 'e', path: '' }])
  await settled()
  server.mostChanges = 1
  server.put('a', 'RUNNING')
  server.put('b', 'RUNNING')
  feed.refresh()
  await settled()
  expect(feed.items('e:')?.size).toBe(2)
})

it('pages through what is large', async () => {
  const server = new Server()
  for (const path of 'abcde') server.put(path, 'RUNNING')
  const feed = new Feed(server.ask)
  feed.watch([{ execution: 'e', path: '' }])
  await settled()
  expect([feed.items('e:')?.size, feed.hasMore('e:')]).toEqual([3, true])
  await feed.more('e:')
  expect([feed.items('e:')?.size, feed.hasMore('e:')]).toEqual([5, false])
})

it('goes on when an answer failed', async () => {
  let isAway = true
  const server = new Server()
  server.put('a', 'RUNNING')
  const feed = new Feed<Row>((...asked) =>
    isAway ? Promise.reject(new Error('away')) : server.ask(...asked),
  )
  feed.watch([{ execution: 'e', path: '' }])
  await settled()
  expect(feed.error).toBeInstanceOf(Error)
  isAway = false
  feed.refresh()
  await settled()
  expect([feed.error, feed.items('e:')?.size]).toEqual([null, 1])
})

it('asks again by itself after an error, as long as somebody looks', async () => {
  vi.useFakeTimers()
  let asked = 0
  let isAway = true
  const server = new Server()
  server.put('a', 'RUNNING')
  const feed = new Feed<Row>((...about) => {
    asked += 1
    return isAway ? Promise.reject(new Error('busy')) : server.ask(...about)
  })
  const leave = feed.subscribe(() => undefined)
  feed.watch([{ execution: 'e', path: '' }])
  await vi.advanceTimersByTimeAsync(5000)
  expect([asked, feed.error]).toEqual([3, expect.any(Error)])
  isAway = false
  await vi.advanceTimersByTimeAsync(2000)
  expect([asked, feed.error, feed.items('e:')?.size]).toEqual([4, null, 1])

  server.put('a', 'FAILED')
  isAway = true
  feed.refresh()
  await vi.advanceTimersByTimeAsync(0)
  isAway = false
  await vi.advanceTimersByTimeAsync(2000)
  expect(feed.item({ execution: 'e', path: 'a' })?.phase).toBe('FAILED')

  isAway = true
  feed.refresh()
  leave()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toBe(7)
})

it('can be asked for the next page again when its answer failed', async () => {
  const server = new Server()
  for (const path of ['a', 'b', 'c', 'd']) server.put(path, 'SUCCEEDED')
  let isAway = false
  const feed = new Feed<Row>((...about) =>
    isAway ? Promise.reject(new Error('busy')) : server.ask(...about),
  )
  feed.watch([{ execution: 'e', path: '' }])
  await settled()
  isAway = true
  await expect(feed.more('e:')).rejects.toThrow('busy')
  expect([feed.hasMore('e:'), feed.items('e:')?.size]).toEqual([true, 3])
  isAway = false
  await feed.more('e:')
  expect([feed.hasMore('e:'), feed.items('e:')?.size]).toEqual([false, 4])
})
