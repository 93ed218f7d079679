import { absolute, type Seconds } from '../time/instant'

/** When the execution of a column was started, as short as can be. */
export interface ColumnTime {
  column: number
  told: string
}

/** Columns that a time takes the room of. */
const ROOM = 6
const DAY = 24 * 3600
/** So much apart it is the days that tell. */
const LONG = 5 * DAY

/** What stands under the columns of a grid: the time of each so many of them, and the day where it is
 * another one than before.
 *
 * @param created when the executions were started, oldest first
 */
export function timesOf(created: readonly Seconds[], zone?: string): ColumnTime[] {
  const [first = 0, last = 0] = [created[0], created.at(-1)]
  const isLong = last - first > LONG
  const found: ColumnTime[] = []
  let before = ''
  for (let column = 0; column < created.length; column += ROOM) {
    const [date = '', time = ''] = absolute(created[column] ?? 0, zone).split(' ')
    const day = date.slice(5)
    const clock = time.slice(0, 5)
    found.push({ column, told: isLong ? day : day === before ? clock : `${day} ${clock}` })
    before = day
  }
  return found
}
