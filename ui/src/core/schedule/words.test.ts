import { expect, it } from 'vitest'
import { scheduleWords } from './words'

it.each([
  ['30 2 * * * (Europe/Berlin)', 'every day at 02:30 (Europe/Berlin)'],
  ['* * * * * (UTC)', 'every minute (UTC)'],
  ['*/5 * * * * (UTC)', 'every 5 minutes (UTC)'],
  ['5 * * * * (UTC)', 'every hour at :05 (UTC)'],
  ['0 9 * * 1-5 (UTC)', 'Monday to Friday at 09:00 (UTC)'],
  ['0 9 * * 0,3 (UTC)', 'every Sunday, Wednesday at 09:00 (UTC)'],
  ['0 9 * * mon (UTC)', 'on mon at 09:00 (UTC)'],
  ['0 0 1 * * (UTC)', 'on day 1 of every month at 00:00 (UTC)'],
  ['0 0 1 1 * (UTC)', '0 0 1 1 * (UTC)'],
  ['0 8-18 * * * (UTC)', '0 8-18 * * * (UTC)'],
  ['every 1h30m', 'every 1h30m'],
])('%s', (told, words) => expect(scheduleWords(told)).toBe(words))
