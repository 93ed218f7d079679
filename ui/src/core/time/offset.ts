/** The offset of a zone when its clocks show this, such as `+02:00`; null: nobody knows. */
export function offsetAt(local: string, zone: string): string | null {
  const wall = Date.parse(`${local}Z`)
  if (Number.isNaN(wall)) return null
  try {
    // The offset at the wall time read as UTC is at most a day off; the second look settles it.
    const first = offsetMinutes(wall, zone)
    return offsetText(offsetMinutes(wall - first * 60_000, zone))
  } catch {
    return null // no such zone
  }
}

function offsetMinutes(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = new Map(
    format.formatToParts(at).map(part => [part.type, Number(part.value)] as const),
  )
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (
    ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  ).map(each => parts.get(each))
  const shown = Date.UTC(year, month - 1, day, hour, minute, second)
  return Math.round((shown - Math.floor(at / 1000) * 1000) / 60_000)
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
