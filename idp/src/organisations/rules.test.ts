import { describe, expect, test } from '@jest/globals'
import type { Role } from '@myanm/permissions'
import fc from 'fast-check'
import { isBce, placeAfterMerge, readBce } from './rules.ts'

describe('an enterprise number', () => {
  test.each([
    ['0566988259', '0566988259'],
    ['0566.988.259', '0566988259'],
    ['BE0566988259', '0566988259'],
    ['be 0566 988 259', '0566988259'],
    ['566988259', '0566988259'],
    ['BE 566.988.259', '0566988259'],
    ['０３１４５９５３４８', '0314595348'],
    ['0400008697', '0400008697'],
    ['1000000120', '1000000120'],
    ['0123456789', null],
    ['2566988259', null],
    ['0000000097', null],
    ['1000000000', null],
    ['05669882590', null],
    ['FR0566988259', null],
    ['BEBE0566988259', null],
    ['056698825x', null],
    ['', null],
  ])('typed as %j is %j', (typed, kept) => {
    expect(readBce(typed)).toBe(kept)
  })

  test('with any one digit mistyped, or two neighbours swapped, is refused', () => {
    const digit = fc.integer({ min: 0, max: 9 })
    fc.assert(
      fc.property(
        fc.integer({ min: 2_000_000, max: 19_999_999 }),
        fc.integer({ min: 0, max: 9 }),
        digit,
        (body, place, other) => {
          const start = String(body).padStart(8, '0')
          const number = `${start}${String(97 - (body % 97)).padStart(2, '0')}`
          expect(isBce(number)).toBe(true)
          if (Number(number[place]) !== other) {
            expect(isBce(number.slice(0, place) + other + number.slice(place + 1))).toBe(false)
          }
          const [left, right] = [number[place] ?? '', number[place + 1] ?? '']
          if (place < 9 && left !== right) {
            const swapped = number.slice(0, place) + right + left + number.slice(place + 2)
            expect(isBce(swapped)).toBe(false)
          }
        },
      ),
      { numRuns: 10_000, seed: 1 },
    )
  })
})

describe('somebody of an organisation that is merged into another', () => {
  test.each([
    // In the one that goes; in the one that stays; what they are there afterwards.
    [['LECTEUR', null], null, ['joins', 'LECTEUR', null]],
    [['GESTIONNAIRE', null], null, ['joins', 'RESPONSABLE', null]],
    [['RESPONSABLE', '2026-12-31'], null, ['joins', 'RESPONSABLE', '2026-12-31']],
    [
      ['GESTIONNAIRE', null],
      ['LECTEUR', null],
      ['raised', 'RESPONSABLE', null],
    ],
    [['GESTIONNAIRE', null], ['GESTIONNAIRE', null], null],
    [['GESTIONNAIRE', null], ['RESPONSABLE', null], null],
    [['LECTEUR', null], ['COLLABORATEUR', null], null],
    [['LECTEUR', null], ['COLLABORATEUR', '2026-12-31'], null],
    [['LECTEUR', null], ['LECTEUR', null], null],
    [
      ['LECTEUR', null],
      ['LECTEUR', '2026-12-31'],
      ['raised', 'LECTEUR', null],
    ],
    [
      ['LECTEUR', '2027-01-31'],
      ['LECTEUR', '2026-12-31'],
      ['raised', 'LECTEUR', '2027-01-31'],
    ],
    [['LECTEUR', '2026-12-31'], ['LECTEUR', '2027-01-31'], null],
    [
      ['RESPONSABLE', '2026-12-31'],
      ['LECTEUR', null],
      ['raised', 'RESPONSABLE', '2026-12-31'],
    ],
  ] as const)('%j, and %j there, is %j', (gone, kept, after) => {
    const place = (of: readonly [Role, string | null]) => ({ role: of[0], endsOn: of[1] })
    const found = placeAfterMerge(place(gone), kept && place(kept))
    expect(found && [found.what, found.role, found.endsOn]).toEqual(after)
  })
})
