import { expect, test } from 'vitest'
import { understandArtifacts } from './artifacts'

const NOW = 1_800_000_000

test('a line about artifacts is read', () => {
  const { wanted, problems } = understandArtifacts(
    'task:flow.load type:File made:1h report small:yes 2026',
    NOW,
  )
  expect(wanted).toEqual({
    name: 'flow.load',
    type: 'File',
    since: NOW - 3600,
    content: false,
    search: 'report 2026',
  })
  expect(problems).toEqual([])
})

test('what makes no sense is said', () => {
  expect(understandArtifacts('made:soon phase:failed', NOW).problems).toEqual([
    'soon is no time: write 2d, 90m or 2026-01-31',
    'there is nothing called phase',
  ])
})
