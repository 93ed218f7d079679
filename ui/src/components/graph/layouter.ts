import ElkApi, { type ELK } from 'elkjs/lib/elk-api'
import { fromElk, toElk } from '@/core/graph/elk'
import { layered } from '@/core/graph/layered'
import { isThorough, nameOf, turned, type Laid, type Task } from '@/core/graph/layout'

interface Helper {
  elk: ELK
  /** Rejected when it cannot work. */
  broken: Promise<never>
}

let helper: Helper | undefined

/** One worker for all graphs of the page, from the first one on. */
function helped(): Helper {
  helper ??= made()
  return helper
}

function made(): Helper {
  const url = new URL('elkjs/lib/elk-worker.min.js', import.meta.url)
  const worker = new Worker(url, { type: 'module', name: 'layout' })
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', event => reject(new Error(event.message)))
  })
  return { elk: new ElkApi({ workerFactory: () => worker }), broken }
}

const KEPT = 400
const known = new Map<string, Laid | Promise<Laid>>()

/** Lay out. Small graphs thoroughly, in the worker; large ones simply, here and at once. What was
 * laid out before is remembered. */
export function lay(task: Task): Laid | Promise<Laid> {
  if (!isThorough(task)) return turned(task, layered)
  const name = nameOf(task)
  const before = known.get(name)
  if (before) return before
  const { elk, broken } = helped()
  const laid = Promise.race([elk.layout(toElk(task)), broken])
    .then(fromElk)
    .catch(() => turned(task, layered))
  if (known.size >= KEPT) known.delete(known.keys().next().value ?? '')
  known.set(name, laid)
  return laid
}
