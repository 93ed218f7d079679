import { Kept } from '@/api/store'

/** When somebody last said that they had seen what failed, in seconds since the epoch. */
export const looked = new Kept('looked')
