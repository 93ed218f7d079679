import { visible } from '../text/visible'
import { phaseOf, phaseWord } from '../phase/phase'

/** Something in which two executions differ, as the server tells it. */
export interface Difference {
  what: string
  name: string
  left: string
  right: string
}

/** The same for people: a sentence, and what it is on each side, where that says more. */
export interface Told {
  title: string
  left: string
  right: string
}

/** A difference in words. */
export function told({ what, name, left, right }: Difference): Told {
  switch (what) {
    case 'entity':
      return { title: 'They are executions of different entities', left, right }
    case 'version':
      return { title: 'The version is another one', left, right }
    case 'spec':
      return { title: `In the spec: ${name}`, left, right }
    case 'inputs':
      return { title: valueTitle('Input', name, left, right), left, right }
    case 'outputs':
      return { title: valueTitle('Output', name, left, right), left, right }
    case 'phase':
      return { title: 'They have come to different ends', left: phase(left), right: phase(right) }
    case 'failure':
      return { title: failureTitle(left, right), left: visible(left), right: visible(right) }
    case 'node':
      return nodeTold(name, left, right)
    default:
      return { title: name || what, left, right }
  }
}

function valueTitle(word: string, name: string, left: string, right: string): string {
  if (left === '') return `${word} ${name} is only on the right`
  if (right === '') return `${word} ${name} is only on the left`
  return `${word} ${name} is different`
}

function failureTitle(left: string, right: string): string {
  if (left === '') return 'It has failed on the right alone'
  if (right === '') return 'It has failed on the left alone'
  return 'They have failed differently'
}

function nodeTold(name: string, left: string, right: string): Told {
  if (left === '') return { title: `Node ${name} is only on the right`, left, right: phase(right) }
  if (right === '') return { title: `Node ${name} is only on the left`, left: phase(left), right }
  return { title: `Node ${name} went differently`, left: phase(left), right: phase(right) }
}

/** A phase in its word; what is none stays as it is. */
function phase(text: string): string {
  const found = phaseOf(text)
  return found === text ? phaseWord(found) : text
}
