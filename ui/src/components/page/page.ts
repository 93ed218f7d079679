import { useEffect } from 'react'
import { Store, useStore } from '@/api/store'
import type { Phase } from '@/core/phase/phase'
import { badge } from './favicon'

/** A step of the way to a page. */
export interface Crumb {
  name: string
  /** Where it leads; none: it is the page itself. */
  to?: string
}

interface Place {
  crumbs: Crumb[]
  phase?: Phase | undefined
}

const place = new Store<Place>({ crumbs: [] })

const SHAPES: Partial<Record<Phase, string>> = {
  PENDING: '○',
  LAUNCHING: '◔',
  RUNNING: '◔',
  SUCCEEDED: '✓',
  FAILED: '✕',
  ABORTED: '■',
  SKIPPED: '–',
  LOST: '?',
}

/** Tells the frame where this page is: in the breadcrumb, and in the browser's tab with the phase
 * of what it shows.
 */
export function usePlace(crumbs: Crumb[], phase?: Phase): void {
  const told = JSON.stringify(crumbs)
  useEffect(() => {
    place.set({ crumbs: JSON.parse(told) as Crumb[], phase })
  }, [told, phase])
  useEffect(() => {
    const names = (JSON.parse(told) as Crumb[]).map(crumb => crumb.name).reverse()
    const shape = phase ? `${SHAPES[phase] ?? ''} ` : ''
    document.title = `${shape}${[...names, 'Volery'].join(' · ')}`
    badge(phase)
  }, [told, phase])
}

export function useCrumbs(): Crumb[] {
  return useStore(place).crumbs
}
