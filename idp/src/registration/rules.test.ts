import { expect, test } from '@jest/globals'
import { isProfile, readLine, readPostcode } from './rules.ts'

test.each([
  ['5000', '5000'],
  [' 1000 ', '1000'],
  ['L-1009', 'L-1009'],
  ['75011', '75011'],
  ['sw1a 1aa', 'SW1A 1AA'],
  ['123456789012', '123456789012'],
  ['1234567890123', null],
  ['Namur', null],
  ['5000<b>', null],
  ['50--00', null],
  ['-5000', null],
  ['', null],
])('the postcode %j is kept as %j', (typed, kept) => {
  expect(readPostcode(typed)).toBe(kept)
})

test.each([
  ['  Logopède  indépendante ', 'Logopède indépendante'],
  ['Rue de la Loi 16 bte 3', 'Rue de la Loi 16 bte 3'],
  ["Chemin d'Ô n° 4/2", "Chemin d'Ô n° 4/2"],
  ['x'.repeat(120), 'x'.repeat(120)],
  ['x'.repeat(121), null],
  ['<script>', null],
  ['a\u202eb', null],
  ['a\u0000b', null],
  ['', null],
])('the line %j is kept as %j', (typed, kept) => {
  expect(readLine(typed)).toBe(kept)
})

test('there are three profiles, and nothing else is one', () => {
  expect(['particulier', 'independant', 'organisme'].every(isProfile)).toBe(true)
  for (const other of ['', 'PARTICULIER', 'staff', undefined, ['particulier'], '__proto__']) {
    expect(isProfile(other)).toBe(false)
  }
})
