import { describe, expect, it } from 'vitest'
import { stages } from './stages'

const lengths = (...given: Parameters<typeof stages>) =>
  stages(...given).map(stage => [stage.name, stage.to - stage.from])

describe('stages', () => {
  it('splits an attempt where it passed on', () => {
    const times = { created: 0, taken: 2, started: 3, returned: 8, ended: 9 }
    expect(lengths(times, 100)).toEqual([
      ['queued', 2],
      ['starting', 1],
      ['running', 5],
      ['writing', 1],
    ])
  })

  it('goes on until now while it runs', () => {
    expect(lengths({ created: 0, started: 3 }, 10)).toEqual([
      ['queued', 3],
      ['running', 7],
    ])
  })

  it('tells the wait before a retry apart', () => {
    expect(lengths({ created: 0, due: 5, taken: 6, ended: 7 }, 10)).toEqual([
      ['waiting', 5],
      ['queued', 1],
      ['starting', 1],
    ])
  })

  it('lets no clock of another machine turn time around', () => {
    expect(lengths({ created: 10, taken: 9, started: 8, ended: 12 }, 0)).toEqual([['running', 2]])
  })
})
