import { describe, expect, test } from '@jest/globals'
import { isLate, isMissed, measureOf, sayTime } from './rules.ts'

describe('what is measured', () => {
  test('half, 95 and 99 in 100 of the changes', () => {
    const steps = [
      { within: 400, count: 4 },
      { within: 100, count: 60 },
      { within: 900, count: 1 },
      { within: 200, count: 35 },
    ]
    expect(measureOf(steps)).toEqual({
      ...{ changes: 100, unanswered: 0, half: 100, of95: 200, of99: 400 },
    })
  })

  test('what was not acknowledged is slower than anything that was', () => {
    const steps = [
      { within: null, count: 6 },
      { within: 100, count: 94 },
    ]
    expect(measureOf(steps)).toEqual({
      ...{ changes: 100, unanswered: 6, half: 100, of95: null, of99: null },
    })
    expect(measureOf([{ within: null, count: 2 }])).toEqual({
      ...{ changes: 2, unanswered: 2, half: null, of95: null, of99: null },
    })
  })

  test('of nothing is nothing, not zero', () => {
    expect(measureOf([])).toBeNull()
    expect(measureOf([{ within: 100, count: 0 }])).toBeNull()
  })
})

test('a site is late once something has waited for three seconds', () => {
  const now = new Date('2026-11-22T08:00:00Z')
  expect(isLate(null, now)).toBe(false)
  expect(isLate(new Date('2026-11-22T07:59:57Z'), now)).toBe(false)
  expect(isLate(new Date('2026-11-22T07:59:56Z'), now)).toBe(true)
})

test('a night may be late, not missed', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  expect(isMissed(new Date('2026-11-21T03:00:00Z'), now)).toBe(false)
  expect(isMissed(new Date('2026-11-20T03:00:00Z'), now)).toBe(true)
  expect(isMissed(null, now)).toBe(true)
})

test.each([
  [1, { count: 1, unit: 'tenth' }],
  [101, { count: 2, unit: 'tenth' }],
  [1000, { count: 10, unit: 'tenth' }],
  [1001, { count: 2, unit: 'second' }],
  [4200, { count: 5, unit: 'second' }],
  [119_000, { count: 119, unit: 'second' }],
  [120_001, { count: 3, unit: 'minute' }],
  [7_200_000, { count: 2, unit: 'hour' }],
  [3 * 86_400_000, { count: 3, unit: 'day' }],
])('%i ms are said as %j, never shorter than they are', (milliseconds, said) => {
  expect(sayTime(milliseconds)).toEqual(said)
})
