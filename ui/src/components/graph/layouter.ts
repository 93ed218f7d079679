import ElkApi, { type ELK } from 'elkjs/lib/elk-api'
import { fromElk, toElk } from '@/core/graph/elk'
import { layered } from '@/core/graph/layered'
import { isThorough, nameOf, turned, type Laid, type Lines, type Task } from '@/core/graph/layout'

const KEPT = 400
const known = new Map<string, Laid | Promise<Laid>>()

/** Lay out: curved edges here and at once; square ones in a worker, which takes a third of a second to
 * begin. What was laid out before is remembered. What is large has curves only. */
export function lay(task: Task, lines: Lines): Laid | Promise<Laid> {
  if (!isThorough(task)) return turned(task, layered)
  const name = `${lines};${nameOf(task)}`
  const before = known.get(name)
  if (before) return before
  const curved = () => turned(task, layered)
  const laid = lines === 'square' ? squarely(task).catch(curved) : curved()
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

async function squarely(task: Task): Promise<Laid> {
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
