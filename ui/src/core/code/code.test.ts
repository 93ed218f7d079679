import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policyInWords } from './policy'
import { specOf } from './spec'

describe('specOf', () => {
  it('finds what there is', () => {
    const spec = {
      source: { file: 'shop.py', line: 58 },
      loader: { module: 'shop', attribute: 'fit' },
      fingerprint: [['function shop.fit', 'abc']],
    }
    expect(specOf(spec)).toMatchObject({
      source: 'shop.py:58',
      function: 'shop:fit',
      fingerprint: [['function shop.fit', 'abc']],
    })
  })

  it('takes anything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), spec => {
        expect(specOf(spec).kind).toBeTypeOf('string')
      }),
    )
  })
})

describe('policyInWords', () => {
  it('says what a policy says, and nothing else', () => {
    const policy = {
      retries: 2,
      limits: { running: 90, total: null },
      requests: { cpu: 2, mem: 4e9 },
      cache: { version: '1', ttl: 3600 },
      backoff: null,
      environment: [],
      uncached: false,
    }
    expect(policyInWords(policy)).toEqual([
      ['Retries', '2 further attempts'],
      ['Time limits', 'running 1m 30s'],
      ['Requests', 'cpu 2, mem 4.00 GB'],
      ['Cache', 'version 1, for 1h 00m'],
    ])
  })
})
