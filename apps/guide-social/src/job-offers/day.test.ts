import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addDays, dayOf, formatDay, formatNearDay, parseDay } from './day.ts'

describe('days', () => {
  test('the day is the one it is in Brussels', () => {
    expect(dayOf(new Date('2026-11-21T22:59:59Z'))).toBe('2026-11-21')
    expect(dayOf(new Date('2026-11-21T23:00:00Z'))).toBe('2026-11-22')
    expect(dayOf(new Date('2026-07-21T22:00:00Z'))).toBe('2026-07-22')
  })

  test.each([
    ['31/12/2026', '2026-12-31'],
    ['1/2/2027', '2027-02-01'],
    [' 01.02.2027 ', '2027-02-01'],
    ['29-02-2028', '2028-02-29'],
  ])('%s is read', (typed, day) => {
    expect(parseDay(typed)).toBe(day)
  })

  test.each([
    '31/02/2027',
    '29/02/2027',
    '0/1/2027',
    '32/1/2027',
    '2027-01-02',
    '1/2/27',
    'demain',
    '',
  ])('%s is no day', (typed) => {
    expect(parseDay(typed)).toBeNull()
  })

  test('what is written can be read', () => {
    fc.assert(
      fc.property(fc.nat(40_000), (days) => {
        const day = addDays('1990-01-01', days)
        expect(parseDay(formatDay(day))).toBe(day)
      }),
    )
  })

  test('a near day goes without its year', () => {
    expect(formatNearDay('2026-12-12', '2026-11-21')).toBe('12/12')
    expect(formatNearDay('2027-01-05', '2026-11-21')).toBe('05/01')
    expect(formatNearDay('2027-10-05', '2026-11-21')).toBe('05/10/2027')
  })
})
