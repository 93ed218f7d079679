import { moment } from '../time/instant'

/** From when until when, in seconds since the epoch; what is left out has no bound. */
export interface Stretch {
  since?: number
  until?: number
}

/** A stretch of time as people write it: `2d` is since then, `<2d` before, `2d..1d` between.
 *
 * @param now seconds since the epoch
 * @param zone in which dates are meant: see `moment`
 * @returns a text: why it is none
 */
export function stretchOf(value: string, now: number, zone?: string): Stretch | string {
  const [, sign = '', text = ''] = /^([<>]?)=?(.*)$/.exec(value) ?? []
  const [from = '', to] = text.split('..')
  const first = moment(from, now, zone)
  const second = to === undefined ? undefined : moment(to, now, zone)
  if (first === undefined || (to !== undefined && second === undefined)) {
    return `${value} is no time: write 2d, 90m or 2026-01-31`
  }
  return {
    ...(sign === '<' ? { until: first } : { since: first }),
    ...(second !== undefined && { until: second }),
  }
}
