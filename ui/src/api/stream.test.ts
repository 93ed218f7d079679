import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connection } from './connection'
import { News } from './news/news'
import { follow, type Message, parse } from './stream'

it('reads an event', () => {
  expect(parse('id: 7\ndata: {"a":\ndata:  1}')).toEqual({
    id: '7',
    event: 'message',
    data: '{"a":\n 1}',
  })
  expect(parse('event: hello\r\ndata: {}')).toMatchObject({ event: 'hello', data: '{}' })
})

it('takes a comment for a sign of life', () => expect(parse(': still here')).toBeUndefined())

/** A server with one stream, which says what it is told to. */
class Server {
  /** Behind which event each connection goes on. */
  asked: (string | null)[] = []
  open = 0
  isAway = false
  /** A request that is forgotten does not hear that it is aborted. */
  private readonly held: Request[] = []
  private line: ReadableStreamDefaultController<Uint8Array> | undefined

  readonly fetch = (request: Request | string): Promise<Response> => {
    if (typeof request !== 'string') this.asked.push(request.headers.get('last-event-id'))
    if (this.isAway) return Promise.reject(new TypeError('away'))
    if (typeof request === 'string') return Promise.resolve(new Response()) // is it there?
    this.open += 1
    this.held.push(request)
    const body = new ReadableStream<Uint8Array>({
      start: line => {
        this.line = line
        request.signal.addEventListener('abort', () => {
          this.open -= 1
          line.error(request.signal.reason)
        })
      },
    })
    return Promise.resolve(new Response(body))
  }

  say(text: string): void {
    this.line?.enqueue(new TextEncoder().encode(text))
  }
}

/** A tab of a browser. */
class Tab extends EventTarget {
  hidden = false

  turn(hidden: boolean): void {
    this.hidden = hidden
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

const FAKED = ['setTimeout', 'clearTimeout', 'Date'] as const

async function pass(milliseconds: number): Promise<void> {
  await arrived()
  await vi.advanceTimersByTimeAsync(milliseconds)
  await arrived()
}

/** What was said goes through a few streams, each of which takes its turns. */
async function arrived(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(done => setImmediate(done))
}

describe('a stream', () => {
  let server: Server
  let tab: Tab
  let came: Message[]
  let close: () => void
  const begin = () =>
    follow({ path: '/events', onMessages: messages => came.push(...messages), endless: true })

  beforeEach(() => {
    vi.useFakeTimers({ toFake: [...FAKED] })
    server = new Server()
    tab = new Tab()
    came = []
    vi.stubGlobal('document', tab)
    vi.stubGlobal('location', { origin: 'http://localhost' })
    vi.stubGlobal('fetch', server.fetch)
  })

  afterEach(async () => {
    close()
    connection.answered()
    await pass(10_000)
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('is asked for anew when nothing comes for too long, and goes on behind the last event', async () => {
    close = begin()
    await pass(0)
    server.say('id: 7\ndata: {}\n\n')
    await pass(35_000)
    server.say(': still here\n\n')
    await pass(35_000)
    expect(server.asked).toEqual([null])
    await pass(6000)
    await pass(1000)
    expect(server.asked).toEqual([null, '7'])
    expect([server.open, came.length]).toEqual([1, 1])
  })

  it('is asked for anew when the server is back, which may know nothing of it any more', async () => {
    close = begin()
    await pass(0)
    connection.lost()
    connection.answered()
    await pass(600)
    expect([server.asked.length, server.open]).toEqual([2, 1])
  })

  it('waits no longer than until the server is back', async () => {
    server.isAway = true
    close = begin()
    await pass(20_000)
    const before = server.asked.length
    server.isAway = false
    connection.answered()
    await pass(0)
    expect(server.asked.length).toBe(before + 1)
  })

  it('has no connection while nobody sees the page, and then goes on behind the last event', async () => {
    close = begin()
    await pass(0)
    server.say('id: 7\ndata: {}\n\n')
    await pass(200)
    tab.turn(true)
    await pass(60_000)
    expect([server.asked, server.open]).toEqual([[null], 0])
    tab.turn(false)
    await pass(0)
    expect([server.asked, server.open]).toEqual([[null, '7'], 1])
  })

  it('that is closed while nobody sees the page is never asked for again', async () => {
    close = begin()
    await pass(0)
    tab.turn(true)
    await pass(1000)
    close()
    tab.turn(false)
    await pass(60_000)
    expect(server.asked).toEqual([null])
  })

  it('of news is kept for the next page, and for no more than a few seconds', async () => {
    const news = new News({})
    close = news.listen(() => undefined)
    await pass(1000)
    close()
    await pass(2000)
    close = news.listen(() => undefined)
    await pass(10_000)
    expect([server.asked.length, server.open]).toEqual([1, 1])
    close()
    await pass(10_000)
    expect(server.open).toBe(0)
  })
})
