import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameHead, mayBePicture, pictureType, textHead } from './contents'
import { isWhole, shapeOf } from './preview'
import { quoted, toPython } from './python'
import { inWords } from './words'

const point = {
  type: 'record',
  name: 'Point',
  entries: [
    ['x', 1.5],
    ['y', null],
  ],
  length: 2,
}

describe('shapeOf', () => {
  it('takes anything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), preview => {
        expect(shapeOf(preview).shape).toBeTypeOf('string')
        expect(inWords(preview)).toBeTypeOf('string')
        isWhole(preview)
        toPython(preview)
        frameHead(preview)
        textHead(preview)
      }),
    )
  })

  it('knows what is cut', () => {
    expect(isWhole({ type: 'list', items: [1, 2], length: 2 })).toBe(true)
    expect(isWhole({ type: 'list', items: [1, 2], length: 3 })).toBe(false)
    expect(isWhole(point)).toBe(true)
    expect(isWhole({ type: 'offloaded', size: 3 })).toBe(false)
  })
})

describe('toPython', () => {
  it.each([
    [null, 'None'],
    [true, 'True'],
    ["it's", '"it\'s"'],
    ['a\nb\\', "'a\\nb\\\\'"],
    [{ type: 'list', items: [1, 'a'], length: 2 }, "[1, 'a']"],
    [{ type: 'tuple', items: [1], length: 1 }, '(1,)'],
    [{ type: 'set', items: [], length: 0 }, 'set()'],
    [{ type: 'dict', entries: [['a', 1]], length: 1 }, "{'a': 1}"],
    [point, 'Point(x=1.5, y=None)'],
    [{ type: 'bytes', head: '00ff', length: 2 }, "bytes.fromhex('00ff')"],
    [{ type: 'list', items: [1], length: 2 }, undefined],
  ])('writes %j', (preview, text) => {
    expect(toPython(preview)).toBe(text)
  })

  it('ends no text before its end', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const inner = quoted(text).slice(1, -1)
        // eslint-disable-next-line no-control-regex -- these must not be there
        expect(inner).not.toMatch(/[\u0000-\u001f]/)
        expect(inner.replace(/\\./gs, '')).not.toContain(quoted(text)[0])
      }),
    )
  })
})

describe('inWords', () => {
  it.each([
    [point, 'Point(x=1.5, y=None)'],
    [{ type: 'list', items: [1, 2], length: 1000 }, '[1, 2, …  1,000 elements'],
    [
      {
        type: 'content',
        kind: 'frame',
        preview: { rows: 1000, width: 3, columns: { a: 'int64' } },
      },
      '1,000 rows × 3 columns',
    ],
    [
      { type: 'content', kind: 'numpy.ndarray', preview: { dtype: 'int64', shape: [3, 4] } },
      'int64 3 × 4',
    ],
    [{ type: 'content', kind: 'file', name: 'a.csv' }, 'a.csv'],
    [{ type: 'offloaded', size: 9_000_000, length: 10 }, '10 elements'],
  ])('says %j', (preview, told) => {
    expect(inWords(preview)).toBe(told)
  })
})

describe('pictures', () => {
  it('are known by their bytes, and SVG is none', () => {
    expect(pictureType(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))).toBe(
      'image/png',
    )
    expect(pictureType(new TextEncoder().encode('<svg onload="alert(1)">'))).toBeUndefined()
    expect(mayBePicture('svg', null)).toBe(false)
    expect(mayBePicture('jpg', null)).toBe(true)
  })
})
