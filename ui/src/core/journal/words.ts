import { visible } from '../text/visible'

/** A line of the journal, as the server tells it. */
export interface JournalEvent {
  seq: number
  at: number
  execution: string
  path: string
  attempt: number
  event: string
  detail: string
}

/** What has happened, for people; the subject stands before it. */
export function inWords({ attempt, event, detail, path }: JournalEvent): string {
  const of = attempt ? `attempt ${attempt} ` : ''
  const said = detail ? `: ${visible(detail)}` : ''
  switch (event) {
    case 'ABORT':
      return `abort asked for${said}`
    case 'TIMEOUT':
      return `${of}took too long and is stopped${said}`
    case 'TAKEN':
      return `${of}goes on with another engine${said}`
    case 'SIGNAL':
      return `was answered${said}`
    case 'STALE':
      return `${of}reported too late; nothing changed${said}`
    case 'LAUNCHING':
      return `${of}queued${said}`
    case 'RUNNING':
      return attempt ? `${of}runs${said}` : `${path ? 'began' : 'started'}${said}`
    default:
      return `${of}${event.toLowerCase()}${said}`
  }
}

/** The phase whose mark stands before a line; empty: it is about none. */
export function phaseIn({ event }: JournalEvent): string {
  return /^(PENDING|LAUNCHING|RUNNING|SUCCEEDED|FAILED|SKIPPED|ABORTED|LOST)$/.test(event)
    ? event
    : ''
}

/** Whether an event is the last one of an execution. */
export function isEnd(event: JournalEvent, execution: string): boolean {
  return (
    event.execution === execution &&
    event.path === '' &&
    event.attempt === 0 &&
    /^(SUCCEEDED|FAILED|SKIPPED|ABORTED)$/.test(event.event)
  )
}
