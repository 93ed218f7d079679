import { describe, expect, it } from 'vitest'
import { mendingCommands } from './commands'
import { hintFor } from './hints'

describe('mendingCommands', () => {
  it('quotes what a shell would read another way', () => {
    const { debug } = mendingCommands('mine', "train/fit[3]'; rm -rf /", 'http://127.0.0.1:8400')
    expect(debug).toBe(
      `volery debug mine 'train/fit[3]'"'"'; rm -rf /' --server http://127.0.0.1:8400`,
    )
  })
})

describe('hintFor', () => {
  it('knows failures of the system, and no others', () => {
    expect(hintFor('OutOfMemory')).toContain('memory')
    expect(hintFor('ValueError')).toBeUndefined()
    expect(hintFor('constructor')).toBeUndefined()
  })
})
