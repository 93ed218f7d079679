const DAYS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
]

/** A schedule as it was written, in words where these are plain: `30 2 * * * (UTC)` is `every day at
 * 02:30`. Others stay as they are.
 */
export function scheduleWords(told: string): string {
  const [cron = '', zone = ''] = told.split(/ (?=\()/)
  const fields = cron.split(' ')
  const words = fields.length === 5 ? cronWords(fields) : ''
  return words ? [words, zone].filter(Boolean).join(' ') : told
}

function cronWords([minute = '', hour = '', day = '', month = '', weekday = '']: string[]): string {
  if (month !== '*') return ''
  if (hour === '*' && day === '*' && weekday === '*') {
    if (minute === '*') return 'every minute'
    if (/^\*\/\d+$/.test(minute)) return `every ${minute.slice(2)} minutes`
    return isNumber(minute) ? `every hour at :${minute.padStart(2, '0')}` : ''
  }
  if (!isNumber(minute) || !isNumber(hour)) return ''
  const at = `at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (day === '*' && weekday === '*') return `every day ${at}`
  if (day === '*') return `${weekdays(weekday)} ${at}`.trimStart()
  return weekday === '*' && isNumber(day) ? `on day ${day} of every month ${at}` : ''
}

function weekdays(field: string): string {
  if (field === '1-5') return 'Monday to Friday'
  const names = field.split(',').map(each => (isNumber(each) ? DAYS[Number(each)] : undefined))
  return names.every(name => name !== undefined) ? `every ${names.join(', ')}` : `on ${field}`
}

function isNumber(field: string): boolean {
  return /^\d+$/.test(field)
}
