/** A request that `public/ahead.js` has sent. */
export interface Asked {
  url: string
  /** Milliseconds, by the browser's clock. */
  sent: number
  answer: Promise<Response>
}

declare global {
  var voleryAhead: Asked[] | undefined
}

/** Milliseconds for which an answer is as good as one that is asked for now. */
const FRESH = 5000

/** The request for an address that was sent before the page's code had come, once; null: none was.
 * An address that is not the same to the letter is asked for anew, and nothing is lost but time.
 */
export function takeAhead(request: Request): Asked | null {
  const found = globalThis.voleryAhead?.find(asked => asked.url === request.url)
  if (!found || request.method !== 'GET') return null
  globalThis.voleryAhead = globalThis.voleryAhead?.filter(asked => asked !== found)
  return Date.now() - found.sent < FRESH ? found : null
}
