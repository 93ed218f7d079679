import { Kept } from './store'

/** Says who asks, where the server wants to know. Only requests of this page carry it. */
export const token = new Kept('token')
