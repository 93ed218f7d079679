/** When an attempt passed from one stage to the next; none: it did not, or nobody knows. Seconds
 * since the epoch.
 */
export interface Times {
  created: number
  /** It was not to begin before. */
  due?: number | null | undefined
  /** An executor has it from then on. */
  taken?: number | null | undefined
  /** User code runs from then on. */
  started?: number | null | undefined
  /** User code has returned. */
  returned?: number | null | undefined
  ended?: number | null | undefined
}

export type StageName = 'waiting' | 'queued' | 'starting' | 'running' | 'writing'

export interface Stage {
  name: StageName
  from: number
  to: number
}

/** The stages of an attempt, in order, up to `now` where it has not ended.
 *
 * @param now by the clock of the server
 */
export function stages(times: Times, now: number): Stage[] {
  const end = times.ended ?? Math.max(now, times.created)
  const due = Math.max(times.created, times.due ?? 0)
  const marks: [StageName, number | null | undefined][] = [
    ['waiting', due > times.created + 0.001 ? times.created : undefined],
    ['queued', due],
    ['starting', times.taken],
    ['running', times.started],
    ['writing', times.returned],
  ]
  const known = marks.filter((mark): mark is [StageName, number] => typeof mark[1] === 'number')
  let from = times.created
  const found = known.map(([name, at]) => {
    // Clocks of other machines may differ by a little: nothing begins before what it follows.
    from = Math.min(Math.max(at, from), end)
    return { name, from }
  })
  return found
    .map(({ name, from: start }, index) => ({
      name,
      from: start,
      to: found[index + 1]?.from ?? end,
    }))
    .filter(stage => stage.to > stage.from)
}
