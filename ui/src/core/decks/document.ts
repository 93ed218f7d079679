/** What a deck may load: nothing. The frame that it is shown in forbids more; this holds in it. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

/** The document of a deck for a frame that runs no scripts: its policy comes before all else. */
export function deckDocument(html: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`
  return `<!doctype html>${policy}${html.replace(TO_PART, '$1about:srcdoc#')}`
}

/** A link to a part of the deck. Its frame has no address but this one, and would look for `#part` in
 * the page around it.
 */
const TO_PART = /(<a\s(?:[^>]*?\s)?href\s*=\s*["']?)#/gi

/** Whether a deck has scripts that somebody may want to run. */
export function hasScripts(html: string): boolean {
  return /<script[\s/>]/i.test(html)
}

/** Those among the decks of an attempt that are of one node execution: of elements of a map that ran
 * together each has its index before its name.
 */
export function decksOf<D extends { name: string }>(
  decks: readonly D[],
  path: string,
  attempted: string,
): readonly D[] {
  const element = /\[\d+\]$/.exec(path)?.[0]
  if (path === attempted || element === undefined) return decks
  return decks.filter(deck => deck.name.startsWith(`${element} `))
}
