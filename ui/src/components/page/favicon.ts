import { type Phase, phaseToken } from '@/core/phase/phase'

const PLAIN = '/favicon.svg'

/** Shows a phase in the browser's tab; none: the plain mark. */
export function badge(phase?: Phase): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (!link) return
  link.href = phase ? drawn(phase) : PLAIN
}

const DRAWN: Record<Phase, string> = {
  PENDING: '<circle cx="8" cy="8" r="5.5"/>',
  LAUNCHING: '<circle cx="8" cy="8" r="5.5" stroke-dasharray="3 3.9"/>',
  RUNNING: '<circle cx="8" cy="8" r="5.5" opacity=".3"/><path d="M8 2.5A5.5 5.5 0 0 1 13.5 8"/>',
  SUCCEEDED: '<path d="M2.5 8.5l3.8 4L13.5 4"/>',
  FAILED: '<path d="M3.5 3.5l9 9M12.5 3.5l-9 9"/>',
  ABORTED: '<rect x="4" y="4" width="8" height="8" rx="1"/>',
  SKIPPED: '<path d="M3 8h10"/>',
  LOST: '<path d="M5.2 5.4a2.8 2.8 0 1 1 4 2.8c-.8.4-1.2.9-1.2 1.8M8 13v.1"/>',
}

function drawn(phase: Phase): string {
  const colour = getComputedStyle(document.documentElement).getPropertyValue(phaseToken(phase))
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" ` +
    `stroke="${colour.trim()}" stroke-width="2.6" stroke-linecap="round">${DRAWN[phase]}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
