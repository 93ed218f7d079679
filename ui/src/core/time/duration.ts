const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A duration in at most two units: `<1 ms`, `340 ms`, `1.2 s`, `42 s`, `3m 05s`, `1h 02m`, `3d 04h`.
 *
 * @param seconds not negative; clocks that differ may give one that is, which is shown as nothing
 */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const length = Math.max(0, seconds)
  if (length > 0 && length < 0.0005) return '<1 ms'
  if (length < 0.9995) return `${Math.round(length * 1000)} ms`
  if (length < 9.95) return `${length.toFixed(1)} s`
  const whole = Math.round(length)
  if (whole < MINUTE) return `${whole} s`
  if (whole < HOUR) return two(whole, MINUTE, 'm', 1, 's')
  if (whole < DAY) return two(whole, HOUR, 'h', MINUTE, 'm')
  return two(whole, DAY, 'd', HOUR, 'h')
}

/** The same of what still grows: whole seconds, so that nothing flickers. */
export function running(seconds: number): string {
  return seconds < MINUTE ? `${Math.max(0, Math.floor(seconds))} s` : duration(Math.floor(seconds))
}

function two(whole: number, big: number, bigUnit: string, small: number, smallUnit: string) {
  const rest = Math.floor((whole % big) / small)
  return `${Math.floor(whole / big)}${bigUnit} ${String(rest).padStart(2, '0')}${smallUnit}`
}
