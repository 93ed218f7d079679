import type { PlaceOf } from '../projects/queries'
import { Store } from '../store'
import { follow, type Message } from '../stream'

/** What has happened to an execution, as `/events` tells it. */
export interface ExecutionEvent {
  seq: number
  at: number
  execution: string
  event: string
}

/** What a stream begins with. */
interface Hello {
  seq: number
}

/** `none`: the server has no such stream, and a page has to ask now and then. */
export type Liveliness = 'open' | 'lost' | 'none'

/** Told of what has happened, in batches; of nothing when everything may have changed. */
type Listener = (events: ExecutionEvent[]) => void

/** Milliseconds that a stream stays open for the next page that wants it. */
const LINGER = 5000

/** What happens to all executions of a place, for as many as want to know: one stream, which goes on
 * from page to page. Its value is how it stands.
 */
export class News extends Store<Liveliness> {
  /** `seq` of the last line that there was when it began to be told of them; 0: it has not. */
  end = 0

  private readonly hearers = new Set<Listener>()
  private readonly path: string
  private close: (() => void) | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(place: PlaceOf) {
    super('lost')
    this.path = `/api/v1/events?${new URLSearchParams({ ...place }).toString()}`
  }

  /** @returns that is enough */
  listen(listener: Listener): () => void {
    this.hearers.add(listener)
    clearTimeout(this.timer)
    this.close ??= this.open()
    return () => {
      this.hearers.delete(listener)
      if (this.hearers.size === 0) this.timer = setTimeout(() => this.shut(), LINGER)
    }
  }

  private open(): () => void {
    return follow({
      path: this.path,
      endless: true,
      onMessages: messages => this.tell(messages),
      onState: state => {
        if (state === 'lost') this.set(state)
      },
      onProblem: () => {
        this.close = undefined
        this.set('none')
      },
    })
  }

  private shut(): void {
    this.close?.()
    this.close = undefined
    this.set('lost')
  }

  private tell(messages: readonly Message[]): void {
    const hello = messages.find(each => each.event === 'hello')
    if (hello) {
      this.end = (JSON.parse(hello.data) as Hello).seq
      this.set('open')
    }
    const events = messages.filter(each => each.event === 'message').map(parsed)
    if (events.length > 0) this.hand(events)
    if (messages.some(each => each.event === 'reset')) this.hand([])
  }

  private hand(events: ExecutionEvent[]): void {
    for (const listener of [...this.hearers]) listener(events)
  }
}

function parsed({ data }: Message): ExecutionEvent {
  return JSON.parse(data) as ExecutionEvent
}

const places = new Map<string, News>()

/** The news of a place. */
export function newsOf(place: PlaceOf): News {
  const key = `${place.project ?? ''} ${place.domain ?? ''}`
  const news = places.get(key) ?? new News(place)
  places.set(key, news)
  return news
}
