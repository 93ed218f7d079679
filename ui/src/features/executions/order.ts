import { NEWEST, type Order } from '@/api/executions/queries'

/** An order as it stands in the address: `name`, and `-duration` the other way round. */
export function orderOf(text: string | undefined): Order {
  const sort = text?.replace(/^-/, '')
  if (sort !== 'started' && sort !== 'duration' && sort !== 'name') return NEWEST
  return { sort, ascending: !text?.startsWith('-') }
}

/** The order after a heading was pressed: at first the way round that one wants of it. */
export function pressed(before: Order, by: string): string {
  const isFirst = before.sort !== by
  const isAscending = isFirst ? by === 'name' : !before.ascending
  if (by === NEWEST.sort && !isAscending) return ''
  return `${isAscending ? '' : '-'}${by}`
}
