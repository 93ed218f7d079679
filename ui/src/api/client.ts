import createClient, { type Middleware } from 'openapi-fetch'
import { takeAhead } from './ahead'
import { clock } from './clock'
import { connection } from './connection'
import { Away, problemIn } from './problem'
import type { paths } from './schema'
import { refusal, token } from './token'

/** Sends what asks for nothing of another page's: who asks is told by a header and never by a
 * cookie, so that no other origin can ask in somebody's name.
 */
export async function send(request: Request): Promise<Response> {
  const secret = token.get()
  if (secret) request.headers.set('authorization', `Bearer ${secret}`)
  const begun = takeAhead(request)
  const sent = begun?.sent ?? Date.now()
  let response: Response
  try {
    response = await (begun?.answer ?? fetch(request, { credentials: 'omit', redirect: 'error' }))
  } catch (error) {
    if (request.signal.aborted) throw error
    connection.lost()
    throw new Away()
  }
  clock.told(response, sent)
  if (response.status === 503) connection.doubt()
  else connection.answered()
  if (response.status === 401) await refuse(response, secret)
  return response
}

/** Whoever has come in with another token meanwhile is not sent out again. */
async function refuse(response: Response, secret: string): Promise<void> {
  const { problem } = await problemIn(response.clone())
  if (secret === token.get()) refusal.set(problem)
}

const problems: Middleware = {
  onResponse: async ({ response }) => {
    if (!response.ok) throw await problemIn(response)
  },
}

/** The one way to the server: typed by its OpenAPI document. What is no success is thrown, as a
 * `ProblemError` or as `Away`; `data` unwraps the others.
 */
export const client = createClient<paths>({
  baseUrl: '', // the origin that the page itself is of
  fetch: send,
})
client.use(problems)

/** The body of an answer.
 *
 * @example data(client.GET('/api/v1/executions/{id}', { params: { path: { id } }, signal }))
 */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}
