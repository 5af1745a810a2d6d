import { describe, expect, test } from '@jest/globals'
import {
  changedFields,
  findingsOf,
  isLiable,
  mayUse,
  peppolIdOf,
  readLine,
  readPeppolId,
  readWebsite,
} from './rules.ts'

test.each([
  ['  Les  Tilleuls ASBL ', 'Les Tilleuls ASBL'],
  ['L’Accueil (région de Mons) & Cie', 'L’Accueil (région de Mons) & Cie'],
  ['<b>', null],
  ['a\u202eb', null],
  ['a\nb', 'a b'],
  ['x'.repeat(160), 'x'.repeat(160)],
  ['x'.repeat(161), null],
])('the line %j is kept as %j', (typed, kept) => {
  expect(readLine(typed)).toBe(kept)
})

test.each([
  ['www.tilleuls.be', 'https://www.tilleuls.be/'],
  ['http://tilleuls.be/contact', 'http://tilleuls.be/contact'],
  ['HTTPS://Tilleuls.BE', 'https://tilleuls.be/'],
  ['javascript:alert(1)', null],
  ['https://moi:secret@tilleuls.be', null],
  ['tilleuls', null],
  ['ftp://tilleuls.be', null],
  [`https://tilleuls.be/${'x'.repeat(300)}`, null],
])('the web site %j is kept as %j', (typed, kept) => {
  expect(readWebsite(typed)).toBe(kept)
})

test('structured invoices are for who is liable to VAT (R16)', () => {
  expect(['assujetti', 'franchise', 'exempte', 'non-assujetti', null].map(isLiable)).toEqual([
    ...[true, true, false, false, false],
  ])
  expect(peppolIdOf('0566988259')).toBe('0208:0566988259')
  expect(readPeppolId('0208: 0566988259')).toBe('0208:0566988259')
  expect(readPeppolId('0566988259')).toBeNull()
})

test('a unit is used when it is their own and there, and stays who chose it', () => {
  const unit = { enterprise: '0566988259', endedOn: null }
  const own = { bce: '0566988259', isChosen: false }
  expect(mayUse(unit, own)).toBe(true)
  expect(mayUse({ ...unit, enterprise: '0314595348' }, own)).toBe(false)
  expect(mayUse({ ...unit, endedOn: '2026-11-15' }, own)).toBe(false)
  expect(mayUse({ ...unit, endedOn: '2026-11-15' }, { ...own, isChosen: true })).toBe(true)
  expect(mayUse(unit, { bce: null, isChosen: false })).toBe(false)
})

describe('what the register changes (4.5)', () => {
  const before = {
    ...{ name: 'Les Tilleuls', seat: 'Rue A 1, 5000 Namur', form: '017', ceased: false },
  }
  const own = { name: 'Les Tilleuls ASBL', seat: 'Rue A 1, 5000 Namur', form: '017' }

  test('is nothing when it says what it said, however the organisation spells itself', () => {
    expect(findingsOf({ before, now: before, own })).toEqual([])
    expect(findingsOf({ before: null, now: before, own })).toEqual([])
  })

  test('is a name, a seat, a legal form, or that it has ceased', () => {
    const now = {
      ...{ name: 'Les Grands Tilleuls', seat: 'Rue B 2, 5000 Namur', form: '125', ceased: true },
    }
    expect(findingsOf({ before, now, own })).toEqual([
      { what: 'name', propose: true, before: own.name, after: now.name },
      { what: 'seat', propose: true, before: own.seat, after: now.seat },
      { what: 'form', propose: true, before: '017', after: '125' },
      { what: 'ceased', propose: true, before: null, after: null },
    ])
  })

  test('is no longer one when MyANM says the same already', () => {
    const now = { ...before, name: 'LES TILLEULS  ASBL' }
    expect(findingsOf({ before, now, own })).toEqual([{ what: 'name', propose: false }])
  })

  test('that has ceased is told even when it is seen for the first time, and taken back', () => {
    const ceased = { ...before, ceased: true }
    expect(findingsOf({ before: null, now: ceased, own })).toMatchObject([
      { what: 'ceased', propose: true },
    ])
    expect(findingsOf({ before: ceased, now: before, own })).toEqual([
      { what: 'ceased', propose: false },
    ])
  })

  test('is not that it says nothing any more', () => {
    expect(findingsOf({ before, now: { ...before, seat: null }, own })).toEqual([])
  })
})

test('fields are others when they say something else, lists too', () => {
  const now = { nom: 'A', secteurs: ['sante', 'autre'] }
  expect(changedFields({ nom: ' A ', secteurs: ['sante', 'autre'] }, now)).toEqual([])
  expect(changedFields({ nom: 'B', secteurs: ['sante'] }, now)).toEqual(['nom', 'secteurs'])
  expect(changedFields({}, now)).toEqual([])
})
