import { KEYS } from '@/core/filter/executions'
import { EXECUTION_PHASES, phaseWord } from '@/core/phase/phase'
import { known, type Suggest, type Suggestion, type Typing } from './suggest'

const TIMES: Suggestion[] = [
  { text: '1h', hint: 'within an hour' },
  { text: '24h', hint: 'within a day' },
  { text: '7d', hint: 'within a week' },
  { text: '30d', hint: 'within a month' },
]

/** What the filter line of executions suggests. */
export const executionSuggest: Suggest = {
  name: 'executions',
  keys: KEYS,
  values: (key, typing) => {
    switch (key) {
      case 'phase':
        return phases(typing.prefix)
      case 'started':
        return TIMES
      case 'children':
        return [{ text: 'yes' }, { text: 'no' }]
      case 'workflow':
      case 'task':
      case 'version':
        return known(key, typing)
      case 'plan':
        return known('launch_plan', typing)
      case 'label':
        return labels(typing)
      case 'parent':
        return known('id', typing)
      case '':
        return typing.prefix ? known('id', typing) : []
      default:
        return []
    }
  },
}

/** One more phase behind those that stand there with commas. */
function phases(prefix: string): Suggestion[] {
  const before = prefix.slice(0, prefix.lastIndexOf(',') + 1)
  const chosen = new Set(before.split(','))
  return EXECUTION_PHASES.map(phaseWord)
    .filter(word => !chosen.has(word))
    .map(word => ({ text: before + word }))
}

/** Keys, and behind `=` the values of one. */
async function labels(typing: Typing): Promise<Suggestion[]> {
  const found = await known('label', typing)
  if (typing.prefix.includes('=')) return found
  return found.map(({ text }) => ({ text: `${text}=`, goesOn: true }))
}
