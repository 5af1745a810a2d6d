import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  delimiterOf,
  isEmail,
  isSameName,
  readDate,
  readHeading,
  readRow,
  refusalToAttach,
} from './rules.ts'

const now = new Date('2026-11-21T10:00:00Z')

describe('the first line', () => {
  test('names columns in any order, in French or English, whatever the case and the accents', () => {
    expect(readHeading(['Modifié_le', ' SITE', 'E-mail', 'Identifier', 'Prénom'])).toEqual({
      positions: new Map([
        ['updatedAt', 0],
        ['site', 1],
        ['email', 2],
        ['identifier', 3],
        ['givenName', 4],
      ]),
      ignored: [],
    })
  })

  test('leaves aside what it does not know, a password above all', () => {
    const heading = readHeading(['site', 'identifiant', 'modifie_le', 'mot_de_passe', 'hash'])
    expect(heading).toMatchObject({ ignored: ['mot_de_passe', 'hash'] })
  })

  test('must name what makes a line the same line again, and when it changed', () => {
    expect(readHeading(['login'])).toMatchObject({ missing: ['site', 'identifier', 'updatedAt'] })
    expect(readHeading(['site', 'identifiant', 'updated_at', 'modifie_le'])).toMatchObject({
      twice: ['updatedAt'],
    })
  })

  test.each([
    ['site;identifiant;login', ';'],
    ['site,identifiant,login', ','],
    ['"site";"a,b";"c"', ';'],
    ['site', ';'],
  ])('tells what separates its fields: %s', (line, sign) => {
    expect(delimiterOf(line)).toBe(sign)
  })
})

test.each([
  ['2024-06-30', '2024-06-30T00:00:00.000Z'],
  ['30/06/2024', '2024-06-30T00:00:00.000Z'],
  ['2024-06-30 12:34', '2024-06-30T12:34:00.000Z'],
  ['2024-06-30T12:34:56.789Z', '2024-06-30T12:34:56.789Z'],
  ['2024-06-30T00:34:56+02:00', '2024-06-29T22:34:56.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2023-02-29', undefined],
  ['31/02/2024', undefined],
  ['2024-13-01', undefined],
  ['0000-00-00', undefined],
  ['1789-07-14', undefined],
  ['30/6/2024', undefined],
  ['hier', undefined],
  ['', undefined],
])('the date « %s » is %s', (text, iso) => {
  expect(readDate(text)?.toJSON()).toBe(iso)
})

test.each([
  ['anne@exemple.be', true],
  ['anne.dupont+site@sous.exemple.be', true],
  ['élise@exemple.be', true],
  ['anne@exemple', false],
  ['anne@exemple..be', false],
  ['anne@-exemple.be', false],
  ['@exemple.be', false],
  ['anne@@exemple.be', false],
  ['anne exemple@exemple.be', false],
  ['Anne <anne@exemple.be>', false],
  ['anne@exemple.be, bob@exemple.be', false],
  ['anne@exemple.be\r\nBcc: x@exemple.be', false],
  [`${'a'.repeat(65)}@exemple.be`, false],
])('a mail may be sent to « %s »: %s', (text, isOne) => {
  expect(isEmail(text)).toBe(isOne)
})

test('whatever a line holds, it is read or told why not, and never throws', () => {
  const positions = new Map([
    ['site', 0],
    ['identifier', 1],
    ['login', 2],
    ['email', 3],
    ['updatedAt', 4],
  ] as const)
  const field = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('guide-social', '1', 'anne', 'anne@exemple.be', '2024-06-30', '\0', '\uD800'),
  )
  fc.assert(
    fc.property(fc.array(field, { maxLength: 7 }), (fields) => {
      const read = readRow(fields, { positions, now })
      if ('rejected' in read) return
      const { row } = read
      expect(row.site).toMatch(/^[a-z0-9-]+$/)
      for (const value of Object.values(row)) {
        if (typeof value !== 'string') continue
        expect(value.isWellFormed()).toBe(true)
        expect(value).not.toMatch(/\p{Cc}/u)
        expect(value.length).toBeLessThanOrEqual(300)
      }
    }),
    { numRuns: 10_000, seed: 1 },
  )
})

test.each([
  ['active', 'legacy', null],
  ['active', 'active', 'not-legacy'],
  ['suspended', 'legacy', 'not-active'],
  ['legacy', 'legacy', 'not-active'],
])('into an account that is %s, one that is %s: %s', (into, from, refusal) => {
  expect(refusalToAttach({ id: 'a', state: into }, { id: 'b', state: from })).toBe(refusal)
  expect(refusalToAttach({ id: 'a', state: into }, undefined)).not.toBeNull()
})

describe('the organisation of a line', () => {
  test.each([
    ['Les Érables ASBL', 'LES ERABLES A.S.B.L.', true],
    ['Les Érables', 'Les Érables asbl', true],
    ["L'Étape", 'L’étape', true],
    ['Les  Lilas', 'les-lilas', true],
    ['Les Lilas', 'Les Lilas de Namur', false],
    ['Sasbl', 'S', false],
  ])('« %s » and « %s » are one: %s', (one, other, same) => {
    expect(isSameName(one, other)).toBe(same)
  })

  const HEADING = readHeading(['site', 'identifiant', 'modifie_le', 'login', 'bce', 'facturation'])
  const read = (bce: string, billing: string) => {
    if (!('positions' in HEADING)) throw new Error('heading')
    const fields = ['guide-social', '1', '2024-06-30', 'anne', bce, billing]
    return readRow(fields, { positions: HEADING.positions, now })
  }

  test('its number is read as people write it; one that is none is kept for the team', () => {
    expect(read('BE 0566.988.259', 'Oui')).toMatchObject({
      row: { bce: '0566988259', billing: true, accountType: 'organisme' },
    })
    expect(read('12 34', '')).toMatchObject({ row: { bce: '12 34', billing: false } })
    expect(read('', 'peut-être')).toEqual({ rejected: 'bad-billing' })
  })
})
