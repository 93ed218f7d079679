import { hex } from './sgr'

type Rgb = readonly [number, number, number]

/** The grounds that text stands on: those of the tokens. */
const GROUNDS = { light: [255, 255, 255], dark: [23, 25, 29] } as const satisfies Record<
  string,
  Rgb
>

/** Contrast of text (WCAG 2, level AA). */
const ENOUGH = 4.5

const STEPS = [0, 95, 135, 175, 215, 255] as const

/** The colour that text of a terminal's colour has on our grounds: its own hue, as far from the
 * ground as is needed to read it. One of the first 16 is a token: `var(--ansi-3)`.
 */
export function foreground(colour: number | string): string {
  if (typeof colour === 'number' && colour < 16) return `var(--ansi-${colour})`
  const rgb = rgbOf(colour)
  return `light-dark(${readable(rgb, GROUNDS.light)}, ${readable(rgb, GROUNDS.dark)})`
}

/** The same of what is behind text. */
export function background(colour: number | string): string {
  if (typeof colour === 'number' && colour < 16) return `var(--ansi-${colour})`
  return hex(...rgbOf(colour))
}

/** A colour for text on a ground of any colour: black or white, whichever is further from it. */
export function onGround(colour: number | string): string {
  if (typeof colour === 'number' && colour < 16) return 'var(--ansi-on)'
  const rgb = rgbOf(colour)
  return contrast(rgb, [0, 0, 0]) > contrast(rgb, [255, 255, 255]) ? '#000000' : '#ffffff'
}

/** A colour of the 256 from 16 on, or one that is written `#rrggbb`. */
function rgbOf(colour: number | string): Rgb {
  if (typeof colour === 'string') {
    const value = Number.parseInt(colour.slice(1), 16)
    return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
  }
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10
    return [grey, grey, grey]
  }
  const index = colour - 16
  const step = (of: number) => STEPS[of % 6] ?? 0
  return [step(Math.floor(index / 36)), step(Math.floor(index / 6)), step(index)]
}

/** A colour moved towards black or white, away from the ground, until it is read on it. */
function readable(rgb: Rgb, ground: Rgb): string {
  const goal = luminance(ground) > 0.5 ? 0 : 255
  for (let part = 0; part < 1; part += 0.05) {
    const moved = rgb.map(each => Math.round(each + (goal - each) * part)) as unknown as Rgb
    if (contrast(moved, ground) >= ENOUGH) return hex(...moved)
  }
  return hex(goal, goal, goal)
}

export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map(channel => {
    const part = channel / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
