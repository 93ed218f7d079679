import { expect, it } from 'vitest'
import { queries, readAnew } from './query'

const pages = (count: number) => ({
  pages: Array.from({ length: count }, () => ({ items: [] })),
  pageParams: Array.from({ length: count }, () => ''),
})

function known(name: string, data: unknown, meta = {}) {
  const query = queries.getQueryCache().build(queries, { queryKey: ['things', name], meta })
  query.setData(data)
  return query
}

it('reads anew what begins with a key: all of a short list, and the beginning of a long one', async () => {
  const one = known('one', { id: 'a' })
  const short = known('short', pages(2))
  const long = known('long', pages(50))
  const other = queries.getQueryCache().build(queries, { queryKey: ['others'] })
  other.setData(1)
  await readAnew(['things'])
  expect([one, short, other].map(query => query.isStale())).toEqual([true, true, false])
  expect(short.state.data).toEqual(pages(2))
  expect(long.state.data).toBeUndefined()
})

it('leaves alone what follows the news', async () => {
  const list = known('followed', pages(50), { follows: true })
  await readAnew(['things'])
  expect(list.state).toMatchObject({ data: pages(50), isInvalidated: false })
})
