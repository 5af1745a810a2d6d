import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { causeOf, closestTo, differenceOf } from './rules.ts'

describe('the difference between two addresses', () => {
  test.each([
    ['https://a.be/retour/', 'https://a.be/retour', { start: 'https://a.be/retour', given: '/' }],
    ['http://a.be/retour', 'https://a.be/retour', { start: 'http', expected: 's' }],
    ['https://a.be/Retour', 'https://a.be/retour', { given: 'R', expected: 'r', end: 'etour' }],
    ['https://a.be/é', 'https://a.be/e', { given: 'é', expected: 'e' }],
    ['https://a.be/👪', 'https://a.be/👩', { given: '👪', expected: '👩' }],
    ['same', 'same', { start: 'same', given: '', expected: '', end: '' }],
  ])('of %s and %s is what differs and nothing else', (given, expected, difference) => {
    expect(differenceOf(given, expected)).toMatchObject(difference)
  })

  test('put together again gives both', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (left, right) => {
          const { start, given, expected, end } = differenceOf(left, right)
          expect([start + given + end, start + expected + end]).toEqual([left, right])
        },
      ),
    )
  })
})

test('the registered address that was probably meant is the one that differs least', () => {
  const registered = ['https://autre.be/retour', 'https://a.be/retour', 'https://a.be/fin']
  expect(closestTo('https://a.be/retour/', registered)).toBe('https://a.be/retour')
  expect(closestTo('https://a.be/retour', [])).toBeNull()
})

test('words of the engine nobody has heard before are still told', () => {
  expect(causeOf({ error: 'invalid_request', words: 'the moon is full' })).toBe('other')
})
