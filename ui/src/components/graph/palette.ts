import { useSyncExternalStore } from 'react'
import type { Mark } from '@/core/graph/status'

/** The tokens that a canvas paints with: it cannot say `var(...)`. */
export interface Palette {
  phase: Record<Mark, string>
  surface: string
  line: string
  strong: string
  text: string
  accent: string
  cached: string
}

function read(): Palette {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--v-${name}`).trim()
  return {
    phase: {
      PENDING: token('line-strong'),
      RUNNING: token('running'),
      SUCCEEDED: token('succeeded'),
      FAILED: token('failed'),
      SKIPPED: token('skipped'),
      ABORTED: token('aborted'),
      LOST: token('lost'),
    },
    surface: token('surface'),
    line: token('line'),
    strong: token('line-strong'),
    text: token('text'),
    accent: token('accent'),
    cached: token('cached'),
  }
}

const SCHEME = 'data-mantine-color-scheme'
const palettes = new Map<string, Palette>()

function current(): Palette {
  const scheme = document.documentElement.getAttribute(SCHEME) ?? ''
  const known = palettes.get(scheme)
  if (known) return known
  const palette = read()
  palettes.set(scheme, palette)
  return palette
}

function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributeFilter: [SCHEME] })
  return () => observer.disconnect()
}

/** The tokens as they are in the theme that is shown. */
export function usePalette(): Palette {
  return useSyncExternalStore(subscribe, current)
}
