import { expect, it } from 'vitest'
import { printOpened, readOpened, withChanges } from './opened'

const OWN = 'brave-fox'
const text = (...changes: [string, boolean][]) =>
  printOpened(withChanges(new Map(), new Map(changes), new Map()), OWN)

it('what is open stands in the address, of other executions with their names', () => {
  const byHand = new Map([
    [`${OWN}:n5`, true],
    [`${OWN}:n2[13]`, true],
    ['calm-owl:', false],
  ])
  expect(printOpened(byHand, OWN)).toBe('n5,n2[13],-calm-owl:')
  expect(readOpened('n5,n2[13],-calm-owl:', OWN)).toEqual(byHand)
  expect(readOpened('', OWN).size).toBe(0)
  expect(text([`${OWN}:n1`, true])).toBe('n1')
})

it('what was opened and closed again does not, unless it was open to begin with', () => {
  const key = `${OWN}:n5`
  const opened = new Map([[key, true]])
  const closed = new Map([[key, false]])
  expect(withChanges(opened, closed, new Map()).size).toBe(0)
  expect(withChanges(new Map(), closed, opened)).toEqual(closed)
  expect(withChanges(opened, closed, opened)).toEqual(closed)
})
