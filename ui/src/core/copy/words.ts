/** Values as other languages write them. */
import { isArray, isObject, type Json, writeJson } from '@/core/form/json'
import { quoted } from '@/core/form/paths'

/** A Python literal. */
export function python(tree: Json, indent = ''): string {
  if (tree === null) return 'None'
  if (typeof tree === 'boolean') return tree ? 'True' : 'False'
  if (typeof tree === 'string') return quoted(tree).replace(/^'([^'"\\]*)'$/, '"$1"')
  if (isArray(tree))
    return pythonBlock(
      '[]',
      tree.map(each => python(each, `${indent}    `)),
      indent,
    )
  if (isObject(tree)) {
    const parts = Object.entries(tree).map(
      ([name, each]) => `${python(name)}: ${python(each, `${indent}    `)}`,
    )
    return pythonBlock('{}', parts, indent)
  }
  return writeJson(tree)
}

const WIDTH = 88

/** On one line where there is room, else a line each. */
export function pythonBlock(
  ends: '[]' | '{}' | '()',
  parts: readonly string[],
  indent = '',
): string {
  const [open, close] = [ends.charAt(0), ends.charAt(1)]
  const flat = `${open}${parts.join(', ')}${close}`
  if (indent.length + flat.length <= WIDTH && !flat.includes('\n')) return flat
  return `${open}\n${parts.map(each => `${indent}    ${each},\n`).join('')}${indent}${close}`
}

/** A word for a shell: in quotes where it needs them. */
export function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`
}

/** A command, its options a line each where they are many. */
export function command(words: readonly string[]): string {
  const flat = words.join(' ')
  return flat.length <= WIDTH ? flat : words.join(' \\\n  ')
}
