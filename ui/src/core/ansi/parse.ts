import { visible } from '../text/visible'
import { PLAIN, restyled, type Style } from './sgr'

/** Text of one style. */
export interface Span {
  text: string
  style: Style
}

/* What terminals are told by: CSI sequences, strings such as titles and links (OSC, DCS, ...) with
   their end, and the short ones. One that has no end is no sequence: only its ESC is left out. */
const ESCAPE =
  // eslint-disable-next-line no-control-regex -- these characters are what it looks for
  /\u001b(?:\[([0-9:;<=>?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]+[0-~]|[0-Z\\^-~])|\u009b([0-9:;<=>?]*)[ -/]*([@-~])/gu

/** A line as a terminal would show it, with colours and without all that moves, rings or hides.
 *
 * Each line begins plain: lines before it may not be at hand. Of what a carriage return has written
 * over, as progress bars do, the last is left.
 */
export function parse(line: string): Span[] {
  const shown = overwritten(line)
  const spans: Span[] = []
  let style = PLAIN
  let from = 0
  const add = (text: string) => {
    const safe = visible(text)
    if (safe) spans.push({ text: safe, style })
  }
  for (const found of shown.matchAll(ESCAPE)) {
    add(shown.slice(from, found.index))
    from = found.index + found[0].length
    if ((found[2] ?? found[4]) === 'm') style = restyled(style, found[1] ?? found[3] ?? '')
  }
  add(shown.slice(from).replace(/\u001b/gu, '')) // eslint-disable-line no-control-regex -- the same
  return spans
}

/** The text of a line alone. */
export function plain(line: string): string {
  return parse(line)
    .map(span => span.text)
    .join('')
}

function overwritten(line: string): string {
  if (!line.includes('\r')) return line
  return line
    .split('\n')
    .map(row => row.split('\r').findLast(part => part !== '') ?? '')
    .join('\n')
}
