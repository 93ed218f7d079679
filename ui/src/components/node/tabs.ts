/** What the panel of a node shows. */
export const NODE_TABS = [
  'error',
  'logs',
  'deck',
  'inputs',
  'outputs',
  'cache',
  'code',
  'more',
] as const

export type NodeTab = (typeof NODE_TABS)[number]

export function nodeTab(text: string | undefined): NodeTab | undefined {
  return NODE_TABS.find(tab => tab === text)
}

const WITH_CODE = new Set(['task', 'dynamic', 'eager'])

/** Whether a node of a kind runs code of its own: then it has a log, and may be in the cache. */
export function runsCode(kind: string): boolean {
  return WITH_CODE.has(kind)
}

/** Where the attempts of a node are: those of a task that starts others are of its function. */
export function attemptsPath(kind: string, path: string): string {
  return kind === 'dynamic' || kind === 'eager' ? `${path}/@body` : path
}

/** What is of most interest of a node, where nobody has said what they want to see. */
export function tabFor(phase: string, kind: string): NodeTab {
  if (phase === 'SUCCEEDED') return 'outputs'
  if (phase === 'RUNNING' && runsCode(kind)) return 'logs'
  return 'error'
}

/** A number from 1 on, as an address has it. */
export function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}
