import { expect, test } from '@jest/globals'
import { formatAmount, formatCompanyNumber, formatDay, formatMoment } from './formats.ts'

test('a company number is written in three groups (4.5), anything else as it is', () => {
  expect(formatCompanyNumber('0566988259')).toBe('0566.988.259')
  expect(formatCompanyNumber('1000000120')).toBe('1000.000.120')
  expect(formatCompanyNumber('566988259')).toBe('566988259')
  expect(formatCompanyNumber('')).toBe('')
})

test('a day is that of Brussels, whatever the hour elsewhere (4.6)', () => {
  expect(formatDay(new Date('2026-03-30T12:00:00Z'))).toBe('30/03/2026')
  expect(formatDay(new Date('2026-06-30T22:30:00Z'))).toBe('01/07/2026')
  expect(formatDay(new Date('2026-12-31T22:59:00Z'))).toBe('31/12/2026')
  expect(formatDay(new Date('2026-12-31T23:00:00Z'))).toBe('01/01/2027')
})

test('a moment has its weekday, and its hour in Brussels (4.6)', () => {
  expect(formatMoment(new Date('2021-03-30T07:00:00Z'))).toBe('mar 30/03/2021 - 09:00')
  expect(formatMoment(new Date('2026-12-31T23:05:00Z'))).toBe('ven 01/01/2027 - 00:05')
})

test('an amount has its two decimals and its euro', () => {
  expect(formatAmount(1234.5).replaceAll(/\s/g, ' ')).toBe('1 234,50 €')
  expect(formatAmount(0).replaceAll(/\s/g, ' ')).toBe('0,00 €')
})
