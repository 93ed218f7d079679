/** How a terminal would show text. A colour is an index of the 256, or `#rrggbb`. */
export interface Style {
  fg?: number | string
  bg?: number | string
  bold?: boolean
  dim?: boolean
  italic?: boolean
  underline?: boolean
  strike?: boolean
  inverse?: boolean
}

export const PLAIN: Style = Object.freeze({})

/** The style after a sequence `ESC [ parameters m` (ECMA-48, and ITU T.416 for colours). What is not
 * known is passed over: text that tells nothing to hide stays visible, so 8 (conceal) is not known.
 *
 * @param parameters as they stand between `[` and `m`
 */
export function restyled(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(code => (code === '' ? 0 : Number(code)))
  let next: Style = { ...style }
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0
    if (code === 38 || code === 48) {
      const [colour, taken] = extended(codes, at + 1)
      at += taken
      if (colour !== undefined) next[code === 38 ? 'fg' : 'bg'] = colour
    } else {
      next = withCode(next, code)
    }
  }
  return next
}

function withCode(style: Style, code: number): Style {
  if (code === 0) return {}
  if (code === 1) return { ...style, bold: true }
  if (code === 2) return { ...style, dim: true }
  if (code === 3) return { ...style, italic: true }
  if (code === 4) return { ...style, underline: true }
  if (code === 7) return { ...style, inverse: true }
  if (code === 9) return { ...style, strike: true }
  if (code === 22) return without(style, 'bold', 'dim')
  if (code === 23) return without(style, 'italic')
  if (code === 24) return without(style, 'underline')
  if (code === 27) return without(style, 'inverse')
  if (code === 29) return without(style, 'strike')
  if (code === 39) return without(style, 'fg')
  if (code === 49) return without(style, 'bg')
  if (code >= 30 && code <= 37) return { ...style, fg: code - 30 }
  if (code >= 40 && code <= 47) return { ...style, bg: code - 40 }
  if (code >= 90 && code <= 97) return { ...style, fg: code - 90 + 8 }
  if (code >= 100 && code <= 107) return { ...style, bg: code - 100 + 8 }
  return style
}

function without(style: Style, ...names: (keyof Style)[]): Style {
  return Object.fromEntries(
    Object.entries(style).filter(([name]) => !names.includes(name as keyof Style)),
  )
}

/** A colour of 256 or of all, and how many codes say so. */
function extended(codes: number[], at: number): [number | string | undefined, number] {
  if (codes[at] === 5) return [byte(codes[at + 1]), 2]
  if (codes[at] !== 2) return [undefined, 1]
  const [red, green, blue] = codes.slice(at + 1, at + 4).map(byte)
  if (red === undefined || green === undefined || blue === undefined) return [undefined, 4]
  return [hex(red, green, blue), 4]
}

function byte(code: number | undefined): number | undefined {
  return code !== undefined && Number.isInteger(code) && code >= 0 && code <= 255 ? code : undefined
}

export function hex(...channels: number[]): string {
  return `#${channels.map(each => Math.round(each).toString(16).padStart(2, '0')).join('')}`
}
