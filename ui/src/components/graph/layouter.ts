import ElkApi, { type ELK } from 'elkjs/lib/elk-api'
import { fromElk, toElk } from '@/core/graph/elk'
import { layered, passesLayers } from '@/core/graph/layered'
import { isThorough, nameOf, turned, type Laid, type Task } from '@/core/graph/layout'

const KEPT = 400
const known = new Map<string, Laid | Promise<Laid>>()

/** Lay out: simply, here and at once, where no edge has to go around a box or the graph is large; else
 * thoroughly, in the worker, which takes a third of a second to begin. What was laid out before is
 * remembered. */
export function lay(task: Task): Laid | Promise<Laid> {
  if (!isThorough(task) || !passesLayers(task)) return turned(task, layered)
  const name = nameOf(task)
  const before = known.get(name)
  if (before) return before
  const laid = thoroughly(task).catch(() => turned(task, layered))
  if (known.size >= KEPT) known.delete(known.keys().next().value ?? '')
  known.set(name, laid)
  return laid
}

interface Helper {
  elk: ELK
  /** Rejected when it cannot work. */
  broken: Promise<never>
}

let helper: Helper | undefined

async function thoroughly(task: Task): Promise<Laid> {
  const { elk, broken } = (helper ??= made())
  return fromElk(await Promise.race([elk.layout(toElk(task)), broken]))
}

/** One worker for all graphs of the page, from the first one on that needs it. */
function made(): Helper {
  const url = new URL('elkjs/lib/elk-worker.min.js', import.meta.url)
  const worker = new Worker(url, { type: 'module', name: 'layout' })
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', event => reject(new Error(event.message)))
  })
  return { elk: new ElkApi({ workerFactory: () => worker }), broken }
}
