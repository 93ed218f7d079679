import { readStatus, type Status } from '@/core/graph/status'
import { readRow, type TimelineRow } from '@/core/timeline/bars'
import { client, data } from '../client'
import type * as api from '../schema'
import { Feed, type Answer, type Ask } from './feed'

/** How the node executions of scopes stand, and which arms branches have taken, by path. */
export interface NodeStatus extends Status {
  /** Of a branch: the arm that it has taken; null: none yet. */
  arm: number | null
}

/** An answer as it is sent: what has its default is left out. */
type Sparsely<T, Names extends keyof T> = Omit<T, Names> & Partial<Pick<T, Names>>
type SparseStatuses = Sparsely<api.Statuses, 'complete' | 'next' | 'arms'>

const STATUSES = 20_000
const ROWS = 2_000

const askStatuses: Ask<NodeStatus> = async (id, { scopes, cursor, since }, signal) => {
  const query = {
    scope: scopes,
    limit: STATUSES,
    ...(cursor !== undefined && { cursor }),
    ...(since !== undefined && { since }),
  }
  const answer: SparseStatuses = await data(
    client.GET('/api/v1/executions/{id}/statuses', { params: { path: { id }, query }, signal }),
  )
  return readStatuses(answer)
}

/** Statuses as they are answered. */
export function readStatuses(raw: SparseStatuses): Answer<NodeStatus> {
  const { seq, complete = true, next = null, statuses, arms = {} } = raw
  const items = statuses.map(each =>
    Object.assign(readStatus(each), { arm: arms[each.path] ?? null }),
  )
  return { items, seq, complete, next }
}

const askRows: Ask<TimelineRow> = async (id, { scopes, cursor, since }, signal) => {
  const query = {
    scope: scopes,
    limit: ROWS,
    ...(cursor !== undefined && { cursor }),
    ...(since !== undefined && { since }),
  }
  const answer: Sparsely<api.Timeline, 'complete' | 'next'> = await data(
    client.GET('/api/v1/executions/{id}/timeline', { params: { path: { id }, query }, signal }),
  )
  const { seq, complete = true, next = null, rows } = answer
  return { items: rows.map(readRow), seq, complete, next }
}

export type Statuses = Feed<NodeStatus>

/** @param known how some scopes stand, by their keys */
export function statuses(known?: ReadonlyMap<string, Answer<NodeStatus>>): Statuses {
  return new Feed(askStatuses, known)
}

export type Timelines = Feed<TimelineRow>

export function timelines(): Timelines {
  return new Feed(askRows)
}
