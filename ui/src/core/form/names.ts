/** Names of executions, made here so that the same request can be sent again and starts one only. */

const FIRST = 'abcdefghijklmnopqrstuvwxyz'
const LETTERS = `${FIRST}234567`

/** A name like those that the server makes: twelve letters and digits, a letter first. */
export function newName(random: Uint8Array = crypto.getRandomValues(new Uint8Array(12))): string {
  return Array.from(random, (byte, index) =>
    index ? LETTERS.charAt(byte % LETTERS.length) : FIRST.charAt(byte % FIRST.length),
  ).join('')
}
