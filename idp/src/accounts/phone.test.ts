import { describe, expect, test } from '@jest/globals'
import { readPhone, showPhone } from './phone.ts'

describe('a telephone number', () => {
  test.each([
    ['02 274 48 00', null, '+3222744800', '02 274 48 00'],
    ['0470 12 34 56', null, '+32470123456', '0470 12 34 56'],
    ['0470/12.34.56', null, '+32470123456', '0470 12 34 56'],
    ['04 66 56 89 78', null, '+33466568978', '04 66 56 89 78'],
    ['04.66.56.89.78', null, '+33466568978', '04 66 56 89 78'],
    ['0466568978', null, '+32466568978', '0466 56 89 78'],
    ['0466568978', '34000', '+33466568978', '04 66 56 89 78'],
    ['0466568978', '5000', '+32466568978', '0466 56 89 78'],
    ['0470 12 34 56', '34000', '+32470123456', '0470 12 34 56'],
    ['+32 470 12 34 56', null, '+32470123456', '0470 12 34 56'],
    ['0032 470 12 34 56', null, '+32470123456', '0470 12 34 56'],
    ['+33 4 66 56 89 78', '5000', '+33466568978', '04 66 56 89 78'],
    ['+352 621 123 456', null, '+352621123456', '+352 621 123 456'],
    [' ０４７０ 12 34 56 ', null, '+32470123456', '0470 12 34 56'],
  ])('« %s » (postcode %s) is kept as %s and shown as « %s »', (typed, postcode, kept, shown) => {
    expect(readPhone(typed, postcode)).toBe(kept)
    expect(showPhone(kept)).toBe(shown)
    // What is shown in the form and saved again stays the same number.
    expect(readPhone(shown, postcode)).toBe(kept)
  })

  test.each(['', 'abc', '12', '0470 12 34', '00', '+', '0123456789012345', 'tel: 0470', '1722'])(
    '« %s » is none',
    (typed) => expect(readPhone(typed, null)).toBeNull(),
  )
})
