import { useSyncExternalStore } from 'react'

/** A value outside of components that tells when it changes. */
export class Store<T> {
  private readonly listeners = new Set<() => void>()
  private value: T

  constructor(value: T) {
    this.value = value
  }

  readonly get = (): T => this.value

  set(value: T): void {
    if (Object.is(value, this.value)) return
    this.value = value
    for (const listener of [...this.listeners]) listener()
  }

  /** Somebody wants to know. */
  protected get isHeard(): boolean {
    return this.listeners.size > 0
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** Text that stays in this browser, under a name; the same in all of its tabs. Without storage it lasts
 * as long as the page. */
export class Kept extends Store<string> {
  private readonly key: string

  constructor(name: string, otherwise = '') {
    const key = `volery.${name}`
    super(read(key) ?? otherwise)
    this.key = key
    // Another tab has changed it, or cleared all of them.
    if (typeof window === 'undefined') return
    window.addEventListener('storage', event => {
      if (event.key === key || event.key === null) super.set(read(key) ?? otherwise)
    })
  }

  override set(value: string): void {
    super.set(value)
    try {
      if (value) localStorage.setItem(this.key, value)
      else localStorage.removeItem(this.key)
    } catch {
      // Storage may be full or forbidden.
    }
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get)
}
