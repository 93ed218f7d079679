import { afterEach, describe, expect, it, vi } from 'vitest'
import { takeAhead } from './ahead'

const URL = 'http://localhost/api/v1/executions/one/opening'

function asked(sent = Date.now()) {
  const begun = { url: URL, sent, answer: Promise.resolve(new Response('{}')) }
  globalThis.voleryAhead = [begun]
  return begun
}

afterEach(() => {
  globalThis.voleryAhead = undefined
  vi.useRealTimers()
})

describe('what was asked for ahead', () => {
  it('is taken once', () => {
    const begun = asked()
    expect(takeAhead(new Request(URL))).toBe(begun)
    expect(takeAhead(new Request(URL))).toBeNull()
  })

  it('is for the same address, and for reading', () => {
    asked()
    expect(takeAhead(new Request(`${URL}?other`))).toBeNull()
    expect(takeAhead(new Request(URL, { method: 'POST' }))).toBeNull()
  })

  it('is not taken when it is old', () => {
    vi.useFakeTimers()
    asked()
    vi.advanceTimersByTime(6000)
    expect(takeAhead(new Request(URL))).toBeNull()
  })

  it('is nothing where nothing was asked for', () => {
    expect(takeAhead(new Request(URL))).toBeNull()
  })
})
