/** The same trees as YAML. Its parser is large: this file is loaded when YAML is looked at. */
import { Document, isScalar, parseDocument, visit } from 'yaml'
import { type Json, NotJson, objectOf } from './json'

/** Raises NotJson: the text is no YAML, or has what JSON has no word for. */
export function readYaml(text: string): Json {
  const document = parseDocument(text, { intAsBigInt: true, schema: 'core', prettyErrors: true })
  const [error] = document.errors
  if (error) throw new NotJson((error.message.split('\n')[0] ?? '').replace(/:$/, ''), error.pos[0])
  try {
    return fromYaml(document.toJS({ maxAliasCount: 100 }))
  } catch (error) {
    if (error instanceof ReferenceError) throw new NotJson('too many aliases', 0)
    throw error
  }
}

export function writeYaml(tree: Json): string {
  const document = new Document(tree)
  visit(document, {
    Scalar: (_, node) => {
      // A float stays one: `3.0`, not `3`.
      if (isScalar(node) && typeof node.value === 'number') node.minFractionDigits = 1
    },
  })
  return document.toString({ lineWidth: 100 })
}

/** Ints come as bigints, so that all numbers are floats. */
function fromYaml(tree: unknown): Json {
  if (typeof tree === 'number') return Number.isFinite(tree) ? tree : specialFloat(tree)
  if (tree === null || tree === undefined) return null
  if (typeof tree === 'boolean' || typeof tree === 'string' || typeof tree === 'bigint') return tree
  if (Array.isArray(tree)) return tree.map(fromYaml)
  if (typeof tree === 'object') {
    return objectOf(Object.entries(tree).map(([name, each]) => [name, fromYaml(each)]))
  }
  throw new NotJson('JSON has no word for this', 0)
}

function specialFloat(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}
