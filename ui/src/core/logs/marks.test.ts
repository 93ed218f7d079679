import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { marked } from './marks'

const plain = (text: string) => [{ text, style: {} }]

describe('marked', () => {
  it('finds text whatever its case', () => {
    expect(marked(plain('Loss and loss'), 'LOSS').map(mark => [mark.text, mark.found])).toEqual([
      ['Loss', true],
      [' and ', false],
      ['loss', true],
    ])
  })

  it('finds text that goes over several colours', () => {
    const spans = [
      { text: 'ab', style: { fg: 1 } },
      { text: 'cd', style: {} },
    ]
    expect(marked(spans, 'bc')).toEqual([
      { text: 'a', style: { fg: 1 }, found: false },
      { text: 'b', style: { fg: 1 }, found: true },
      { text: 'c', style: {}, found: true },
      { text: 'd', style: {}, found: false },
    ])
  })

  it('never changes a line', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (texts, wanted) => {
        const spans = texts.map(text => ({ text, style: {} }))
        expect(
          marked(spans, wanted)
            .map(mark => mark.text)
            .join(''),
        ).toBe(texts.join(''))
      }),
    )
  })
})
