import type { Direction } from '@/core/graph/layout'

/** Which way a graph goes before anybody has chosen: to where there is room. */
export function firstDirection(): Direction {
  return window.matchMedia('(max-width: 640px)').matches ? 'down' : 'right'
}
