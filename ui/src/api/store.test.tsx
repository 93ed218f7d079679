import { expect, it } from 'vitest'
import { Kept } from './store'

it('hears what another tab keeps', () => {
  const kept = new Kept('thing', 'none')
  let told = 0
  kept.subscribe(() => (told += 1))
  localStorage.setItem('volery.thing', 'theirs')
  dispatchEvent(new StorageEvent('storage', { key: 'volery.thing' }))
  expect([kept.get(), told]).toEqual(['theirs', 1])
  localStorage.clear()
  dispatchEvent(new StorageEvent('storage', { key: null }))
  expect(kept.get()).toBe('none')
})
