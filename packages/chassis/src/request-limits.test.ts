import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isWellFormed } from './request-limits.ts'

describe('text in an address or a form', () => {
  test.each(['', 'a=b', 'a=b+c', 'a=%20', 'nom=%C3%A9', 'emoji=%F0%9F%A6%8A', 'a=b&c=d', '%25'])(
    '%j is well-formed',
    (text) => {
      expect(isWellFormed(text)).toBe(true)
    },
  )

  test.each([
    '%',
    '%z',
    '%zz',
    'a=%',
    '%0',
    '%00',
    'a=%00b',
    'a\u0000b',
    '%ff',
    '%c0%80',
    '%c3%28',
    '%e2%82',
    '%ed%a0%80',
    '%f8%88%80%80%80',
  ])('%j is not', (text) => {
    expect(isWellFormed(text)).toBe(false)
  })

  test('whatever somebody typed arrives well-formed, unless it holds a NUL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(isWellFormed(new URLSearchParams({ text }).toString())).toBe(!text.includes('\0'))
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  test('what is well-formed can be read, and read again', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(isWellFormed(text))
        expect(() => decodeURIComponent(text.replaceAll('+', ' '))).not.toThrow()
      }),
      { seed: 1, numRuns: 1000 },
    )
  })
})
