import { token } from '@/api/token'
import { useStore } from '@/api/store'
import type { Site } from '@/core/copy/snippets'

/** This server, as programs elsewhere reach it. */
export function useSite(): Site {
  return { url: location.origin, token: useStore(token) !== '' }
}
