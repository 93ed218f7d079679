import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { understand } from './executions'
import { term, termAt, terms, valuesOf, withValue } from './line'

const NOW = 1_800_000_000

describe('a filter line', () => {
  it('has terms with keys, and bare words', () => {
    const found = terms('phase:failed deep label:"team=deep blue"')
    expect(found.map(({ key, value }) => [key, value])).toEqual([
      ['phase', 'failed'],
      ['', 'deep'],
      ['label', 'team=deep blue'],
    ])
  })

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), value => {
        const [found] = terms(term('label', value))
        expect(found?.value).toBe(value)
      }),
    )
  })

  it('never fails, whatever is in it', () => {
    fc.assert(fc.property(fc.string(), line => void understand(line, NOW)))
  })

  it('can have one key changed', () => {
    expect(withValue('phase:failed train', 'phase', 'running')).toBe('train phase:running')
    expect(withValue('phase:failed train', 'phase', '')).toBe('train')
    expect(valuesOf('phase:failed,running', 'phase')).toEqual(['failed', 'running'])
  })

  it('knows what is being written', () => {
    expect(termAt('phase:fa train', 8)).toMatchObject({ key: 'phase', value: 'fa', start: 0 })
    expect(termAt('a  b', 2)).toMatchObject({ key: '', value: '', start: 2 })
  })
})

describe('what a filter line asks for', () => {
  const wanted = (line: string) => understand(line, NOW).wanted

  it('is as the API takes it', () => {
    expect(wanted('phase:failed,ABORTED workflow:train* label:team=ml input.model:xgb')).toEqual({
      phase: ['FAILED', 'ABORTED'],
      kind: 'workflow',
      name: 'train*',
      label: ['team=ml'],
      input: ['model="xgb"'],
    })
    expect(wanted('input.rows:10 input.ok:true')).toEqual({ input: ['rows=10', 'ok=true'] })
    expect(wanted('brave fox')).toEqual({ search: 'brave fox' })
  })

  it('has dates of the zone that is chosen', () => {
    const in_ = (zone: string) => understand('started:2026-11-23..2026-11-24', NOW, zone).wanted
    const midnight = Date.UTC(2026, 10, 23) / 1000
    expect(in_('UTC')).toEqual({ since: midnight, until: midnight + 86400 })
    expect(in_('Asia/Tokyo').since).toBe(midnight - 9 * 3600)
  })

  it('has times', () => {
    expect(wanted('started:2d')).toEqual({ since: NOW - 2 * 86400 })
    expect(wanted('started:>2d')).toEqual({ since: NOW - 2 * 86400 })
    expect(wanted('started:<90m')).toEqual({ until: NOW - 90 * 60 })
    expect(wanted('started:3d..1d')).toEqual({ since: NOW - 3 * 86400, until: NOW - 86400 })
  })

  it('says what makes no sense, and keeps the rest', () => {
    const { wanted, problems } = understand('phase:odd colour:red started:soon label:x train', NOW)
    expect(wanted).toEqual({ search: 'train' })
    expect(problems).toHaveLength(4)
  })

  it('is nothing while a value is still to be written', () => {
    expect(understand('phase:', NOW)).toEqual({ wanted: {}, problems: [] })
  })
})
