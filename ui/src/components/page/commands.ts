import { useEffect, useEffectEvent } from 'react'
import { Store, useStore } from '@/api/store'

/** Something that can be done on a page, for the palette. */
export interface Command {
  name: string
  run: () => void
}

const commands = new Store<readonly Command[]>([])

/** Offers in the palette what can be done while this is on screen; nothing that changes with each
 * drawing but what they do.
 */
export function useOffer(offered: readonly Command[]): void {
  const names = offered.map(each => each.name).join('\n')
  const run = useEffectEvent((place: number) => offered[place]?.run())
  useEffect(() => {
    if (names === '') return
    const mine = names.split('\n').map((name, place) => ({ name, run: () => run(place) }))
    commands.set([...commands.get(), ...mine])
    return () => commands.set(commands.get().filter(each => !mine.includes(each)))
  }, [names])
}

export function useCommands(): readonly Command[] {
  return useStore(commands)
}
