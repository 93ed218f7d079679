/* What is no text: controls but the tab and the line feed, and what changes the direction of writing,
   with which a line could be made to say something else than it does. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- these characters are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Text with a mark in place of each character that shows nothing and changes what others show. */
export function visible(text: string): string {
  return text.replace(UNSAFE, '\ufffd')
}
