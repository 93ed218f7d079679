import { known, type Suggest } from '@/components/filter/suggest'
import { ARTIFACT_KEYS } from '@/core/filter/artifacts'

/** What the filter line of artifacts suggests. */
export const suggest: Suggest = {
  name: 'artifacts',
  keys: ARTIFACT_KEYS,
  values: (key, typing) => {
    switch (key) {
      case 'type':
        return ['File', 'Directory', 'Frame', 'Array', 'list', 'dict'].map(text => ({ text }))
      case 'made':
        return [
          { text: '1h', hint: 'within an hour' },
          { text: '24h', hint: 'within a day' },
          { text: '7d', hint: 'within a week' },
        ]
      case 'small':
        return [{ text: 'yes' }, { text: 'no' }]
      case 'task':
        return known('task', typing)
      case 'execution':
        return known('id', typing)
      default:
        return []
    }
  },
}
