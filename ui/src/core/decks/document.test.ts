import { describe, expect, it } from 'vitest'
import { deckDocument, decksOf, hasScripts } from './document'

describe('the document of a deck', () => {
  it('has its policy before anything that the deck says', () => {
    const html = '<!doctype html><meta charset="utf-8"><img src="https://example.com/x">'
    const found = deckDocument(html)
    expect(found.indexOf('Content-Security-Policy')).toBeLessThan(found.indexOf('charset'))
    expect(found).toContain("default-src 'none'")
    expect(found.endsWith(html)).toBe(true)
  })

  it.each([
    ['<a href="#end">', '<a href="about:srcdoc#end">'],
    ["<A class=x\nHREF = '#end'>", "<A class=x\nHREF = 'about:srcdoc#end'>"],
    ['<a href=#>', '<a href=about:srcdoc#>'],
    ['<a href="/elsewhere#end">', '<a href="/elsewhere#end">'],
    ['<a data-href="#end">', '<a data-href="#end">'],
    ['<svg><use href="#dot">', '<svg><use href="#dot">'],
  ])('has %j lead to a part of itself', (written, found) => {
    expect(deckDocument(written).endsWith(found)).toBe(true)
  })

  it.each(['<script>1</script>', '<SCRIPT src=x>', '<script\n>', '<script/x>'])(
    'has scripts in %j',
    html => {
      expect(hasScripts(html)).toBe(true)
    },
  )

  it('has none in a word that begins alike', () => {
    expect(hasScripts('&lt;script&gt; <scripted>')).toBe(false)
  })
})

describe('the decks of an attempt', () => {
  const decks = ['[1] Scores', '[10] Scores', '[11] Scores'].map(name => ({ name }))

  it('are all there where the attempt is that of the node', () => {
    expect(decksOf(decks, 'fit[0:64]', 'fit[0:64]')).toEqual(decks)
    expect(decksOf(decks, 'fit', 'fit/@body')).toEqual(decks)
  })

  it('are those of an element that ran with others', () => {
    expect(decksOf(decks, 'fit[1]', 'fit[0:64]')).toEqual([{ name: '[1] Scores' }])
  })
})
