import { expect, test } from 'vitest'
import { numbered } from './lines'

test('lines have the numbers that they had and have', () => {
  const edit = ['@@ -9,3 +9,3 @@', ' a', '-b', '+B', ' c', '@@ -40 +40,2 @@', ' z', '+@@ new']
  expect(numbered(edit)).toEqual([
    { kind: 'gap', text: '' },
    { kind: 'same', was: 9, is: 9, text: 'a' },
    { kind: 'gone', was: 10, text: 'b' },
    { kind: 'come', is: 10, text: 'B' },
    { kind: 'same', was: 11, is: 11, text: 'c' },
    { kind: 'gap', text: '' },
    { kind: 'same', was: 40, is: 40, text: 'z' },
    { kind: 'come', is: 41, text: '@@ new' },
  ])
})

test('a file that is new begins with its first line', () => {
  expect(numbered(['@@ -0,0 +1 @@', '+x = 1'])).toEqual([{ kind: 'come', is: 1, text: 'x = 1' }])
})
