import { beforeEach, expect, it, vi } from 'vitest'
import { PAGE } from '@/core/logs/pages'
import { Log } from './log'

const TOTAL = 1000 * PAGE
const OF = { execution: 'mine', path: 'n0', attempt: 1, streams: [], levels: [] }

interface Asked {
  params: { query: { first: number; count: number } }
}

/** A server with a long log, which answers when it is told to. */
const server = vi.hoisted(() => ({ asked: [] as number[], waiting: [] as (() => void)[] }))

vi.mock('../client', () => ({
  client: {
    GET: async (_: string, { params }: Asked) => {
      const { first, count } = params.query
      server.asked.push(first)
      await new Promise<void>(resolve => server.waiting.push(resolve))
      const lines = Array.from({ length: count }, (__, at) => ({ number: first + at + 1 }))
      return { data: { lines, first, total: TOTAL, complete: true } }
    },
  },
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
}))

/** Answers all that was asked until now. */
async function answer(): Promise<void> {
  for (const go of server.waiting.splice(0)) go()
  await new Promise(resolve => setTimeout(resolve))
}

async function opened(): Promise<Log> {
  const log = new Log(OF)
  log.open()
  await answer()
  return log
}

beforeEach(() => {
  server.asked.length = 0
})

it('knows how long it is after one answer, and asks for what is looked at', async () => {
  const log = await opened()
  expect([log.get().total, log.line(0)?.number]).toEqual([TOTAL, 1])
  log.want(5000, 5020)
  await answer()
  expect(log.line(5010)?.number).toBe(5011)
})

it('does not fetch what was scrolled past', async () => {
  const log = await opened()
  for (let page = 10; page < 500; page += 1) log.want(page * PAGE, page * PAGE + 30)
  await answer()
  await answer()
  expect(server.asked.length).toBeLessThanOrEqual(4)
  expect(log.line(499 * PAGE)?.number).toBe(499 * PAGE + 1)
})

it('asks for nothing once it is closed', async () => {
  const log = await opened()
  log.want(5000, 5020)
  log.close()
  const { length } = server.asked
  await answer()
  expect(server.asked).toHaveLength(length)
})
