/** What people want to know of a spec, whichever kind it is of. */
export interface CodeSpec {
  description: string
  /** `file:line`; empty: nobody knows. */
  source: string
  /** `module:attribute`. */
  function: string
  /** How a task is carried out. */
  kind: string
  mode: string
  /** What runs in its container, if it is no function. */
  command: string
  fingerprint: [name: string, digest: string][]
}

/** Reads a spec, which is JSON of some kind: what is not there is empty. */
export function specOf(spec: unknown): CodeSpec {
  const of = record(spec)
  const source = record(of['source'])
  const loader = record(of['loader'])
  const command = record(of['command'])
  const words = [...list(command['command']), ...list(command['args'])]
  return {
    description: text(of['description']),
    source: source['file'] === undefined ? '' : `${text(source['file'])}:${told(source['line'])}`,
    function:
      loader['module'] === undefined
        ? ''
        : `${text(loader['module'])}:${text(loader['attribute'])}`,
    kind: text(of['kind']),
    mode: text(of['mode']),
    command: words.map(told).join(' '),
    fingerprint: list(of['fingerprint']).flatMap(part => {
      const [name, digest] = list(part)
      return typeof name === 'string' ? [[name, text(digest)] as [string, string]] : []
    }),
  }
}

function record(value: unknown): Record<string, unknown> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function told(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}
