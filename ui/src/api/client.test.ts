import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { send } from './client'
import { refusal, token } from './token'

const PROBLEM = { title: 'Unauthorized', status: 401, detail: 'who are you?', code: 'Unauthorized' }

/** Ends requests in the order in which they came. */
let ends: ((response: Response) => void)[] = []

beforeEach(() => {
  ends = []
  vi.stubGlobal('fetch', () => new Promise<Response>(resolve => ends.push(resolve)))
})

afterEach(() => {
  vi.unstubAllGlobals()
  token.set('')
  refusal.set(null)
})

const ask = () => send(new Request('http://localhost/api/v1/executions'))
const refused = () => new Response(JSON.stringify(PROBLEM), { status: 401 })

it('tells the page that nobody is let in without another token', async () => {
  const asked = ask()
  ends[0]?.(refused())
  expect((await asked).status).toBe(401)
  expect(refusal.get()).toEqual(PROBLEM)
  token.set('vol_good')
  expect(refusal.get()).toBeNull()
})

it('sends nobody out for what was asked with the token before', async () => {
  const asked = ask()
  token.set('vol_good')
  ends[0]?.(refused())
  await asked
  expect(refusal.get()).toBeNull()
})
