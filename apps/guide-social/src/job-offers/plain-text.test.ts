import { describe, expect, test } from '@jest/globals'
import { blocksOf } from './plain-text.ts'
import { parseWebAddress } from './web-address.ts'

describe('plain text', () => {
  test('empty lines make paragraphs, dashes make lists', () => {
    expect(blocksOf('Vos missions :\n- écouter\n• orienter\n\nVenez.\nVite.')).toEqual([
      { kind: 'paragraph', lines: ['Vos missions :'] },
      { kind: 'list', items: ['écouter', 'orienter'] },
      { kind: 'paragraph', lines: ['Venez.', 'Vite.'] },
    ])
    expect(blocksOf('')).toEqual([])
  })
})

describe('addresses of pages', () => {
  test.each([
    ['www.exemple.be/emplois', 'https://www.exemple.be/emplois'],
    ['http://exemple.be', 'http://exemple.be/'],
    ['https://exemple.be/a?b=c#d', 'https://exemple.be/a?b=c#d'],
    ['exemple.be:8080/x', 'https://exemple.be:8080/x'],
  ])('%s is read', (typed, address) => {
    expect(parseWebAddress(typed)).toBe(address)
  })

  test.each([
    'javascript:alert(1)',
    'JavaScript://exemple.be/%0aalert(1)',
    'data:text/html,x',
    'mailto:a@exemple.be',
    'ftp://exemple.be/',
    'https://user:secret@exemple.be/',
    'https://exemple@evil.be/',
    '//exemple.be',
    'exemple',
    'http://localhost/',
    'http://127.0.0.1/',
    'https://[::1]/',
    'https://exemple.be/a b',
    `https://exemple.be/${'a'.repeat(600)}`,
  ])('%s is refused', (typed) => {
    expect(parseWebAddress(typed)).toBeNull()
  })
})
