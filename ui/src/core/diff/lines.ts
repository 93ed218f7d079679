/** A line of an edit; `gap`: lines are left out there, and its text says where it goes on. */
export interface EditLine {
  kind: 'same' | 'gone' | 'come' | 'gap'
  /** Its number before and after; undefined: it is not there. */
  was?: number
  is?: number
  text: string
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/

/** The lines of an edit, as `diff -u` writes them, with their numbers. */
export function numbered(lines: readonly string[]): EditLine[] {
  let was = 0
  let is = 0
  const found: EditLine[] = []
  for (const line of lines) {
    const hunk = HUNK.exec(line)
    const text = line.slice(1)
    if (hunk) {
      was = Number(hunk[1])
      is = Number(hunk[2])
      // Above the first line there is nothing to be left out.
      if (found.length > 0 || was > 1) found.push({ kind: 'gap', text: (hunk[3] ?? '').trim() })
    } else if (line.startsWith('-')) found.push({ kind: 'gone', was: was++, text })
    else if (line.startsWith('+')) found.push({ kind: 'come', is: is++, text })
    else found.push({ kind: 'same', was: was++, is: is++, text })
  }
  return found
}
