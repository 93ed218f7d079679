import { Kept, useStore } from '@/api/store'

/** The time zone of all times on screen: an IANA name; empty: that of this browser. */
export const zone = new Kept('zone')

export function useZone(): string {
  return useStore(zone)
}
