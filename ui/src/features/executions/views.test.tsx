import { expect, it } from 'vitest'
import { readViews, saveView, views } from './views'

it('loses no view that another tab has saved', () => {
  saveView({ name: 'mine', line: 'phase:failed' })
  const both = [...readViews(views.get()), { name: 'theirs', line: 'phase:running' }]
  localStorage.setItem('volery.views', JSON.stringify(both))
  dispatchEvent(new StorageEvent('storage', { key: 'volery.views' }))
  saveView({ name: 'another', line: 'team' })
  expect(readViews(views.get()).map(each => each.name)).toEqual(['mine', 'theirs', 'another'])
})
