import { expect, it } from 'vitest'
import { parse } from './stream'

it('reads an event', () => {
  expect(parse('id: 7\ndata: {"a":\ndata:  1}')).toEqual({
    id: '7',
    event: 'message',
    data: '{"a":\n 1}',
  })
  expect(parse('event: hello\r\ndata: {}')).toMatchObject({ event: 'hello', data: '{}' })
})

it('takes a comment for a sign of life', () => expect(parse(': still here')).toBeUndefined())
