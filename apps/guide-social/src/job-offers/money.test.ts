import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatAmount, formatRange, parseAmount } from './money.ts'
import { formatWeek, parseWeek } from './working-time.ts'

describe('amounts', () => {
  test.each([
    ['1 234,50 €', 123450],
    ['1.234,50', 123450],
    ['1234.5', 123450],
    ['2 730', 273000],
    ['2\u202f730\u00a0€', 273000],
    ['14,20 euros', 1420],
    ['0,01', 1],
  ])('%s is read', (typed, cents) => {
    expect(parseAmount(typed)).toBe(cents)
  })

  test.each(['', '0', '-5', '1,234', '12,345,678', 'mille', '1e9', '99999999999', '1 234,5,6'])(
    '« %s » is no amount',
    (typed) => {
      expect(parseAmount(typed)).toBeNull()
    },
  )

  test('what is written can be read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999_999 }), (cents) => {
        expect(parseAmount(formatAmount(cents))).toBe(cents)
      }),
    )
  })

  test('a range says the ends that are known', () => {
    expect(formatRange(273000, 412000)).toBe('2\u202f730\u00a0– 4\u202f120\u00a0€')
    expect(formatRange(123450, null)).toBe('1\u202f234,50\u00a0€')
    expect(formatRange(200000, 200000)).toBe('2\u202f000\u00a0€')
    expect(formatRange(null, null)).toBeNull()
  })
})

describe('working weeks', () => {
  test.each([
    ['19', 1140],
    ['19 h', 1140],
    ['22h48', 1368],
    ['22,8', 1368],
    ['30 h 24 min', 1824],
    ['38 heures', 2280],
    ['19 h/semaine', 1140],
  ])('%s is read', (typed, minutes) => {
    expect(parseWeek(typed)).toBe(minutes)
  })

  test.each(['', '0', '60', '19 h 75', 'mi-temps', '1/2'])('« %s » is no week', (typed) => {
    expect(parseWeek(typed)).toBeNull()
  })

  test('what is written can be read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (minutes) => {
        expect(parseWeek(formatWeek(minutes))).toBe(minutes)
      }),
    )
  })
})
