import { describe, expect, it } from 'vitest'
import { KEPT, PAGE, Pages, pagesOf } from './pages'

const lines = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at)

describe('Pages', () => {
  it('gives lines by position, over pages', () => {
    const pages = new Pages<number>()
    pages.put(0, lines(0, PAGE + 3))
    expect([pages.line(0), pages.line(PAGE + 2), pages.line(PAGE + 3)]).toEqual([
      0,
      PAGE + 2,
      undefined,
    ])
  })

  it('grows with a log that does', () => {
    const pages = new Pages<number>()
    pages.put(0, lines(0, 3))
    pages.put(3, lines(3, 2))
    expect(pages.held(0)).toBe(5)
  })

  it('keeps nothing that leaves a gap', () => {
    const pages = new Pages<number>()
    pages.put(5, lines(5, 2))
    expect(pages.line(5)).toBeUndefined()
  })

  it('does not grow without end', () => {
    const pages = new Pages<number>()
    pages.put(0, lines(0, PAGE))
    for (let page = 1; page <= KEPT; page += 1) {
      pages.touch(0)
      pages.put(page * PAGE, lines(page * PAGE, PAGE))
    }
    expect(pages.line(0)).toBe(0)
    expect(pages.line(PAGE)).toBeUndefined()
  })
})

describe('pagesOf', () => {
  it('names those that lines are on', () => {
    expect(pagesOf(PAGE - 1, PAGE)).toEqual([0, 1])
    expect(pagesOf(-5, 3)).toEqual([0])
  })
})
