import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contrast, foreground } from './colour'
import { parse, plain } from './parse'

const ESC = '\u001b'

describe('parse', () => {
  it('leaves a plain line as it is', () => {
    expect(parse('epoch 1\tloss')).toEqual([{ text: 'epoch 1\tloss', style: {} }])
  })

  it('reads colours of 16, of 256 and of all, and their end', () => {
    const line = `${ESC}[31mred${ESC}[0m ${ESC}[38;5;208morange${ESC}[39m${ESC}[48;2;1;2;3mdeep`
    expect(parse(line)).toEqual([
      { text: 'red', style: { fg: 1 } },
      { text: ' ', style: {} },
      { text: 'orange', style: { fg: 208 } },
      { text: 'deep', style: { bg: '#010203' } },
    ])
  })

  it('takes colours that are written with colons, and bright ones', () => {
    expect(parse(`${ESC}[38:5:9mx${ESC}[1;94my`)).toEqual([
      { text: 'x', style: { fg: 9 } },
      { text: 'y', style: { fg: 12, bold: true } },
    ])
  })

  it.each([
    ['a title', `a${ESC}]0;rm -rf\u0007b`],
    ['a link', `a${ESC}]8;;javascript:alert(1)${ESC}\\b`],
    ['moving and clearing', `a${ESC}[2J${ESC}[10;3Hb`],
    ['a sequence of eight bits', 'a\u009b31mb'],
    ['a mode', `a${ESC}[?25lb`],
    ['a character set', `a${ESC}(Bb`],
  ])('passes over %s', (_, line) => {
    expect(plain(line)).toBe('ab')
  })

  it('shows text that asks to be hidden', () => {
    expect(parse(`${ESC}[8msecret`)).toEqual([{ text: 'secret', style: {} }])
  })

  it('keeps what a sequence without an end would swallow', () => {
    expect(plain(`a${ESC}]0;never ended`)).toBe('a]0;never ended')
    expect(plain(`a${ESC}[31`)).toBe('a[31')
  })

  it('leaves the last of what a progress bar has written over', () => {
    expect(plain('10%\r20%\r30%\r')).toBe('30%')
  })

  it('does not let a line change the direction of writing', () => {
    expect(plain('user\u202eresu\u0000')).toBe('user\ufffdresu\ufffd')
  })

  it('takes anything, and gives no control characters', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.constantFrom(ESC, '[', ';', 'm', ']', '\u0007', '\r', '\u009b'),
        fc.string(),
      ),
    })
    fc.assert(
      fc.property(hostile, line => {
        // eslint-disable-next-line no-control-regex -- these are what must not be there
        expect(plain(line)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
      }),
    )
  })

  it('is quick with a long line of nothing but beginnings', () => {
    const started = performance.now()
    parse(`${ESC}]`.repeat(50_000))
    parse(`${ESC}[1;`.repeat(50_000))
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('foreground', () => {
  it('can be read on both grounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 255 }), index => {
        const [light, dark] = foreground(index).match(/#[0-9a-f]{6}/g) ?? []
        expect(contrast(rgb(light ?? ''), [255, 255, 255])).toBeGreaterThanOrEqual(4.4)
        expect(contrast(rgb(dark ?? ''), [23, 25, 29])).toBeGreaterThanOrEqual(4.4)
      }),
    )
  })
})

function rgb(text: string): [number, number, number] {
  const value = Number.parseInt(text.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}
