import { expect, it } from 'vitest'
import { inWords, isEnd, phaseIn, type JournalEvent } from './words'

const line = (more: Partial<JournalEvent>): JournalEvent => ({
  seq: 1, at: 0, execution: 'big', path: 'n0', attempt: 0, event: 'RUNNING', detail: '', ...more,
}) // prettier-ignore

it.each([
  [line({}), 'began'],
  [line({ path: '' }), 'started'],
  [line({ attempt: 2, event: 'FAILED', detail: 'no disk' }), 'attempt 2 failed: no disk'],
  [line({ event: 'SUCCEEDED', detail: 'cached from a/n0' }), 'succeeded: cached from a/n0'],
  [line({ event: 'ABORT', detail: 'enough' }), 'abort asked for: enough'],
  [line({ event: 'NEWER' }), 'newer'],
])('says %o in words', (event, words) => {
  expect(inWords(event)).toBe(words)
})

it('knows phases and ends', () => {
  expect(phaseIn(line({ event: 'STALE' }))).toBe('')
  expect(phaseIn(line({}))).toBe('RUNNING')
  expect(isEnd(line({ path: '', event: 'FAILED' }), 'big')).toBe(true)
  expect(isEnd(line({ path: '', event: 'FAILED' }), 'other')).toBe(false)
})
