import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { elsewhere } from '../test/stage/open-redirects.ts'
import { safeReturn } from './return-to.ts'

describe('where a sign-in leads back to', () => {
  test.each([
    '/',
    '/emplois',
    '/emplois?q=aide%20soignante&page=2',
    '/emplois/educateur__12#postuler',
    '/%2F%2Fevil.example',
    '/a//b',
    '/publier/emploi?modele=//evil.example',
  ])('a page of ours is kept: %s', (path) => {
    expect(safeReturn(path)).toBe(path)
  })

  test.each(elsewhere)('%j leads home', (address) => {
    expect(safeReturn(address)).toBe('/')
  })

  test.each(['/connexion', '/retour?code=x', '/deconnexion', '/deconnecte', '/x/../connexion'])(
    'a step of signing in or out leads home: %s',
    (path) => {
      expect(safeReturn(path)).toBe('/')
    },
  )

  test.each([undefined, null, 7, ['/a', '/b'], {}])('what is no text leads home: %j', (value) => {
    expect(safeReturn(value)).toBe('/')
  })

  test('an endless path leads home', () => {
    expect(safeReturn(`/${'a'.repeat(2000)}`)).toBe('/')
  })

  test('whatever is asked, a browser stays on our site', () => {
    const site = new URL('https://site.example')
    const address = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc
        .array(
          fc.constantFrom('/', '\\', '.', '%2e', '\t', '\n', '@', ':', 'evil.example', '?', '#'),
        )
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(address, (asked) => {
        const path = safeReturn(asked)
        expect(new URL(path, site).origin).toBe(site.origin)
        expect(path).toMatch(/^\/(?!\/|\\)/)
      }),
      { numRuns: 5_000 },
    )
  })
})
