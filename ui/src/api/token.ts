import type { Problem } from './schema'
import { Kept, Store } from './store'

/** Says who asks, where the server wants to know. Only requests of this page carry it. */
export const token = new Kept('token')

/** Why the server answers nothing to whoever has this token, or none; null: it does. */
export const refusal = new Store<Problem | null>(null)

token.subscribe(() => refusal.set(null))
