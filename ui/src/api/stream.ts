import { send } from './client'
import { connection } from './connection'
import { Away, problemIn, ProblemError } from './problem'

/** A server-sent event. */
export interface Message {
  id: string
  event: string
  data: string
}

export interface Stream {
  /** Of the route, as `/api/v1/executions/mine/events`. */
  path: string
  /** Goes on behind this id; empty: from the beginning. */
  after?: string
  /** It never ends by itself. One that does has ended for good when nothing came before the end. */
  endless?: boolean
  /** Told of what has come, at most ten times a second. */
  onMessages: (messages: Message[]) => void
  /** Told when the stream is connected and when it is lost. */
  onState?: (state: 'open' | 'lost') => void
  /** Told when it cannot be had: nothing comes any more. */
  onProblem?: (error: unknown) => void
}

const BATCH = 100
const FIRST_WAIT = 500
const LONGEST_WAIT = 8000
/** Milliseconds without a byte after which a connection is taken for dead: the server says every 15 s
 * that it is still there. */
const SILENCE = 40_000

/** Follows a stream of events until `close` is called. A connection that breaks is made again, and
 * goes on behind the last event that came: nothing is missed and nothing comes twice. (`EventSource`
 * can do that too, but cannot say who asks.) There is none while nobody sees the page: a browser has
 * six to a server, for all of its pages.
 *
 * @returns close
 */
export function follow(stream: Stream): () => void {
  const closing = new AbortController()
  void run(stream, closing.signal)
  return () => closing.abort()
}

async function run(stream: Stream, signal: AbortSignal): Promise<void> {
  const batch = new Batch(stream.onMessages)
  signal.addEventListener('abort', () => batch.drop())
  let last = stream.after ?? ''
  let wait = FIRST_WAIT
  for (;;) {
    await seen(signal)
    if (isClosed(signal)) return
    const line = new Line(signal)
    try {
      const headers = { accept: 'text/event-stream', ...(last && { 'last-event-id': last }) }
      const url = new URL(stream.path, location.origin)
      const how = { headers, signal: line.signal, cache: 'no-store' } as const
      const response = await send(new Request(url, how))
      if (!response.ok) throw await problemIn(response)
      if (response.status === 204 || !response.body) return // it has ended, and nothing will come
      stream.onState?.('open')
      wait = FIRST_WAIT
      let isSilent = true
      for await (const message of messages(response.body, () => line.heard())) {
        isSilent = false
        if (message.id) last = message.id
        batch.add(message)
      }
      batch.flush()
      if (isSilent && !stream.endless) return
    } catch (error) {
      if (isClosed(signal)) return
      if (!line.signal.aborted) {
        if (!isPassing(error)) {
          stream.onProblem?.(error)
          return
        }
        if (error instanceof TypeError) connection.lost() // it broke off in the middle
      }
    } finally {
      line.cut()
    }
    stream.onState?.('lost')
    await pause(wait, signal)
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }
}

/** Whether it was closed meanwhile, which no check before an await can tell. */
function isClosed(signal: AbortSignal): boolean {
  return signal.aborted
}

/** Whether it may well go on after an error: the server is away, or busy. */
function isPassing(error: unknown): boolean {
  if (error instanceof ProblemError) return error.status >= 500 || error.status === 429
  return error instanceof Away || error instanceof TypeError
}

/** A connection of a stream. It is cut when the stream is closed, when nothing has come for too long,
 * when the server is back, which may know nothing of it any more, and when nobody sees the page.
 */
class Line {
  readonly signal: AbortSignal
  private readonly cutting = new AbortController()
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly forget: () => void

  constructor(closing: AbortSignal) {
    this.signal = this.cutting.signal
    this.forget = connection.onReturn(this.cut)
    closing.addEventListener('abort', this.cut)
    document.addEventListener('visibilitychange', this.cut)
    this.signal.addEventListener('abort', () => {
      closing.removeEventListener('abort', this.cut)
      document.removeEventListener('visibilitychange', this.cut)
    })
    this.heard()
  }

  /** Something has come. */
  heard(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(this.cut, SILENCE)
  }

  readonly cut = (): void => {
    clearTimeout(this.timer)
    this.forget()
    this.cutting.abort()
  }
}

/** Waits until somebody sees the page, or it was closed. */
function seen(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (document.hidden && !signal.aborted) return
      document.removeEventListener('visibilitychange', look)
      signal.removeEventListener('abort', look)
      resolve()
    }
    document.addEventListener('visibilitychange', look)
    signal.addEventListener('abort', look)
    look()
  })
}

/** Messages that are handed on together. */
class Batch {
  private waiting: Message[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly hand: (messages: Message[]) => void

  constructor(hand: (messages: Message[]) => void) {
    this.hand = hand
  }

  add(message: Message): void {
    this.waiting.push(message)
    this.timer ??= setTimeout(() => this.flush(), BATCH)
  }

  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const messages = this.waiting
    this.waiting = []
    if (messages.length > 0) this.hand(messages)
  }

  drop(): void {
    clearTimeout(this.timer)
    this.waiting = []
  }
}

/** The events in a body, as the HTML standard reads them. */
async function* messages(
  body: ReadableStream<Uint8Array>,
  onPart: () => void,
): AsyncGenerator<Message> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
  let rest = ''
  for await (const part of chunks(reader)) {
    onPart()
    const blocks = (rest + part).split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const message = parse(block)
      if (message) yield message
    }
  }
}

/** Not all browsers can iterate over a stream. */
async function* chunks(stream: ReadableStream<string>): AsyncGenerator<string> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

/** An event; undefined: a comment, which keeps the connection awake. */
export function parse(block: string): Message | undefined {
  const message: Message = { id: '', event: 'message', data: '' }
  const lines: string[] = []
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? []
    if (field === 'data') lines.push(value)
    else if (field === 'id' || field === 'event') message[field] = value
  }
  if (lines.length === 0) return undefined
  message.data = lines.join('\n')
  return message
}

/** Waits for a while; no longer than until the server is back, or it was closed. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      forget()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    const forget = connection.onReturn(end)
    signal.addEventListener('abort', end)
  })
}
