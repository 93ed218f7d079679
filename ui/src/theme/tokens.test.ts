import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const AA = 4.5
/** What text stands on. */
const GROUNDS = ['ground', 'surface', 'hover', 'selected']
/** Colours of text; those of phases stand on a soft ground of their own as well. */
const PHASES = 'pending running succeeded failed aborted lost cached recovered retried'.split(' ')
const TEXTS = ['text', 'text-dim', 'text-faint', 'accent', ...PHASES]

type Colour = readonly number[]
type Tokens = Record<string, string>

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')

/** What a block of the file says. */
function tokens(selector: string): Tokens {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('\n}', start))
  const found = block.matchAll(/--v-([\w-]+): ([^;]+);/g)
  return Object.fromEntries(
    Array.from(found, ([, name = '', value = '']) => [name, value] as const),
  )
}

const light = tokens(':root')
const THEMES: [string, Tokens][] = [
  ['light', light],
  ['dark', { ...light, ...tokens(":root[data-mantine-color-scheme='dark']") }],
]

function colour(of: Tokens, name: string): Colour {
  const hex = of[name] ?? ''
  return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16))
}

function mixed(over: Colour, under: Colour, share: number): Colour {
  return over.map((value, at) => value * share + (under[at] ?? 0) * (1 - share))
}

function luminance(of: Colour): number {
  const [red = 0, green = 0, blue = 0] = of.map(each => {
    const part = each / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: Colour, other: Colour): number {
  const [more = 0, less = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (more + 0.05) / (less + 0.05)
}

it.each(THEMES)('text can be read on every ground of the %s theme', (_, of) => {
  const pale = TEXTS.flatMap(text =>
    GROUNDS.map(ground => ({
      text,
      ground,
      contrast: contrast(colour(of, text), colour(of, ground)),
    })),
  )
  expect(pale.filter(each => !(each.contrast >= AA))).toEqual([])
})

it.each(THEMES)('phases can be read on their soft grounds of the %s theme', (_, of) => {
  const share = parseFloat(of['soft'] ?? '') / 100
  const pale = PHASES.map(phase => {
    const soft = mixed(colour(of, phase), colour(of, 'surface'), share)
    return { phase, contrast: contrast(colour(of, phase), soft) }
  })
  expect(pale.filter(each => !(each.contrast >= AA))).toEqual([])
})

it.each(THEMES)('text can be read on the accent of the %s theme', (_, of) => {
  expect(contrast(colour(of, 'on-accent'), colour(of, 'accent'))).toBeGreaterThanOrEqual(AA)
  expect(contrast(colour(of, 'on-accent'), colour(of, 'failed'))).toBeGreaterThanOrEqual(AA)
})
