import { describe, expect, test } from '@jest/globals'
import { withLinks } from './links.ts'

describe('links in a text mail', () => {
  test('a web address becomes a link, the full stop after it does not', () => {
    expect(withLinks('Ouvrez http://localhost:3000/a?b=c. Merci')).toEqual([
      { text: 'Ouvrez ' },
      { text: 'http://localhost:3000/a?b=c', href: 'http://localhost:3000/a?b=c' },
      { text: '. Merci' },
    ])
  })

  test('other schemes stay text', () => {
    expect(withLinks('javascript:alert(1)')).toEqual([{ text: 'javascript:alert(1)' }])
  })

  test('nothing of the text is lost', () => {
    for (const text of ['', 'http://a', '<b>http://a b</b>', 'x http://a http://b y']) {
      const pieces = withLinks(text)
      expect(pieces.map((piece) => piece.text).join('')).toBe(text)
    }
  })
})
