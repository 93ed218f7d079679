import type { Problem } from './schema'

/** What the server has answered instead of what was asked for (RFC 9457). */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly problem: Problem
  /** The request's id: the server's log has more of it. */
  readonly request: string

  constructor(problem: Problem, request = '') {
    super(problem.detail)
    this.problem = problem
    this.request = request
  }

  get status(): number {
    return this.problem.status
  }

  get code(): string {
    return this.problem.code
  }
}

/** The server does not answer. */
export class Away extends Error {
  override name = 'Away'

  constructor() {
    super('the server does not answer')
  }
}

/** The problem in an answer that has failed; of one that is none of the server's, what can be said. */
export async function problemIn(response: Response): Promise<ProblemError> {
  const request = response.headers.get('x-request-id') ?? ''
  try {
    const body: unknown = await response.json()
    if (isProblem(body)) return new ProblemError(body, request)
  } catch {
    // No JSON: something between here and the server has answered.
  }
  const title = response.statusText || 'Unexpected answer'
  const detail = `the answer has the status ${response.status}`
  return new ProblemError(
    { title, status: response.status, detail, code: 'Unexpected' } as Problem,
    request,
  )
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'detail' in body && 'code' in body
}
