import { describe, expect, test } from '@jest/globals'
import {
  hasShrunk,
  inLanguage,
  isMostlyWrong,
  kindOfForm,
  readAddress,
  readDay,
  readDenomination,
  readEnterprise,
  readEntity,
  readMeta,
  readNameSearch,
  readUnit,
  seatIn,
  seatOnOneLine,
  turnOf,
} from './rules.ts'

test.each([
  ['0566.988.259', '0566988259'],
  ['1000.000.120', '1000000120'],
  ['2.134.560.125', '2134560125'],
  ['2.134.560.126', null],
  ['9.134.560.125', null],
  ['0123.456.789', null],
  ['', null],
])('the entity %j is read as %j', (text, read) => {
  expect(readEntity(text)).toBe(read)
})

test.each([
  ['01-11-2026', '2026-11-01'],
  ['29-02-2024', '2024-02-29'],
  ['29-02-2026', null],
  ['2026-11-01', null],
  ['1-11-2026', null],
  ['', null],
])('the day %j is %j', (text, day) => {
  expect(readDay(text)).toBe(day)
})

const ENTERPRISE = {
  EnterpriseNumber: '0566.988.259',
  Status: 'AC',
  JuridicalSituation: '000',
  TypeOfEnterprise: '2',
  JuridicalForm: '017',
  StartDate: '12-03-2014',
}

describe('a line of the register', () => {
  test('of an enterprise: what it is, and since when', () => {
    expect(readEnterprise(ENTERPRISE)).toEqual({
      is: 'read',
      value: {
        number: '0566988259',
        type: 'legal',
        legalForm: '017',
        situation: '000',
        isActive: true,
        since: '2014-03-12',
      },
    })
  })

  test.each([
    [{ EnterpriseNumber: '0566.988.258' }, 'not-a-number'],
    [{ EnterpriseNumber: '2.134.560.125' }, 'not-a-number'],
    [{ TypeOfEnterprise: '3' }, 'not-a-type'],
    [{ StartDate: '31-02-2014' }, 'not-a-day'],
  ] as const)('with %j is refused: %s', (other, because) => {
    expect(readEnterprise({ ...ENTERPRISE, ...other })).toEqual({ is: 'rejected', because })
  })

  test.each([
    ['001', '1', { kind: 'name', language: 'fr' }],
    ['002', '2', { kind: 'acronym', language: 'nl' }],
    ['001', '0', { kind: 'name', language: 'und' }],
  ])('of a name (%s, language %s)', (TypeOfDenomination, Language, read) => {
    const cells = { EntityNumber: '0566.988.259', TypeOfDenomination, Language, Denomination: 'A' }
    expect(readDenomination(cells)).toMatchObject({ is: 'read', value: read })
  })

  test('of a trade name of an enterprise, or nothing but a name that does not show is left', () => {
    const cells = { EntityNumber: '0566.988.259', TypeOfDenomination: '001', Denomination: 'A' }
    expect(readDenomination({ ...cells, TypeOfDenomination: '003' })).toEqual({ is: 'left' })
    expect(readDenomination({ ...cells, Denomination: '\u200b \u202e' })).toEqual({ is: 'left' })
  })

  test('of a unit has its name, which is often what it trades as, and its place (R14)', () => {
    const unit = { EntityNumber: '2.134.560.125', Language: '1', Denomination: 'Accueil' }
    expect(readDenomination({ ...unit, TypeOfDenomination: '003' })).toMatchObject({
      value: { number: '2134560125', kind: 'trade', name: 'Accueil' },
    })
    expect(readDenomination({ ...unit, TypeOfDenomination: '002' })).toEqual({ is: 'left' })
    const place = { EntityNumber: '2.134.560.125', Zipcode: '5000' }
    expect(readAddress({ ...place, TypeOfAddress: 'BAET' })).toMatchObject({ is: 'read' })
    expect(readAddress({ ...place, TypeOfAddress: 'REGO' })).toEqual({ is: 'left' })
  })

  test.each([
    [{ EstablishmentNumber: '0566.988.259' }, 'not-a-number'],
    [{ EstablishmentNumber: '2.134.560.126' }, 'not-a-number'],
    [{ EnterpriseNumber: '2.134.560.125' }, 'not-a-number'],
    [{ StartDate: '31-02-2014' }, 'not-a-day'],
  ] as const)('of a unit with %j is refused: %s', (other, because) => {
    const unit = {
      EstablishmentNumber: '2.134.560.125',
      StartDate: '01-04-2014',
      EnterpriseNumber: '0566.988.259',
    }
    expect(readUnit(unit)).toEqual({
      is: 'read',
      value: { number: '2134560125', enterprise: '0566988259', since: '2014-04-01' },
    })
    expect(readUnit({ ...unit, ...other })).toEqual({ is: 'rejected', because })
  })

  test('of a name says one line, whatever is in it', () => {
    const cells = { EntityNumber: '0566.988.259', TypeOfDenomination: '001', Language: '1' }
    const nameOf = (Denomination: string) => {
      const read = readDenomination({ ...cells, Denomination })
      return read.is === 'read' ? read.value.name : null
    }
    expect(nameOf('Les\u202e Tilleuls\n\tASBL ')).toBe('Les Tilleuls ASBL')
    expect(nameOf('L’E\u0301cole')).toBe('L’École')
    expect(nameOf('x'.repeat(400))).toHaveLength(320)
  })

  test('of an address that is no seat, or was struck off, is left', () => {
    const cells = { EntityNumber: '0566.988.259', TypeOfAddress: 'REGO', Zipcode: '5000' }
    expect(readAddress(cells)).toMatchObject({ is: 'read', value: { seat: { postcode: '5000' } } })
    expect(readAddress({ ...cells, TypeOfAddress: 'BAET' })).toEqual({ is: 'left' })
    expect(readAddress({ ...cells, DateStrikingOff: '01-01-2020' })).toEqual({ is: 'left' })
  })
})

describe('an extract', () => {
  const meta = (kind: string, number: string, day = '01-11-2026') =>
    readMeta(
      new Map([...Object.entries({ ExtractType: kind, ExtractNumber: number, SnapshotDate: day })]),
    )

  test('says what it is', () => {
    expect(meta('full', '140')).toEqual({ number: 140, kind: 'full', snapshotOn: '2026-11-01' })
    for (const other of [
      meta('half', '1'),
      meta('full', 'x'),
      meta('full', '0'),
      meta('full', '1', 'x'),
    ])
      expect(other).toBeNull()
  })

  test.each([
    ['full', 1, null, null],
    ['full', 5, 5, null],
    ['full', 9, 5, null],
    ['full', 4, 5, 'older'],
    ['update', 1, null, 'needs-full'],
    ['update', 5, 5, null],
    ['update', 6, 5, null],
    ['update', 7, 5, 'gap'],
    ['update', 4, 5, 'older'],
  ] as const)('%s n° %i after %s: %s', (kind, number, latest, outcome) => {
    expect(turnOf({ kind, number, snapshotOn: '2026-11-01' }, latest)).toBe(outcome)
  })

  test('that left out half of what is known is half a file', () => {
    expect(hasShrunk({ active: 499, activeBefore: 1000 })).toBe(true)
    expect(hasShrunk({ active: 500, activeBefore: 1000 })).toBe(false)
    expect(hasShrunk({ active: 1, activeBefore: 999 })).toBe(false)
  })

  test('is allowed a hundred wrong lines, or one in a hundred', () => {
    expect([isMostlyWrong(5, 100), isMostlyWrong(5, 101)]).toEqual([false, true])
    expect([isMostlyWrong(100_000, 1000), isMostlyWrong(100_000, 1001)]).toEqual([false, true])
  })
})

test('a text is in the language asked for, else in French, else as it is', () => {
  expect(inLanguage({ fr: 'Bruxelles', nl: 'Brussel' }, 'nl')).toBe('Brussel')
  expect(inLanguage({ fr: 'Bruxelles', nl: 'Brussel' }, 'de')).toBe('Bruxelles')
  expect(inLanguage({ nl: 'Brussel' }, 'fr')).toBe('Brussel')
  expect(inLanguage({}, 'fr')).toBeNull()
})

test('a seat is on the lines of an address', () => {
  const place = { street: 'Rue de la Loi', locality: 'Bruxelles', country: null }
  const seat = {
    postcode: '1000',
    house: '16',
    box: '3',
    fr: place,
    nl: { ...place, street: 'Wetstraat' },
  }
  expect(seatOnOneLine(seatIn(seat, 'fr'))).toBe('Rue de la Loi 16 bte 3, 1000 Bruxelles')
  expect(seatIn(seat, 'nl')?.street).toBe('Wetstraat 16 bte 3')
  const empty = { street: null, locality: null, country: null }
  expect(seatIn({ ...seat, nl: empty }, 'nl')?.street).toBe('Rue de la Loi 16 bte 3')
  expect(
    seatOnOneLine(seatIn({ postcode: null, house: null, box: null, fr: empty, nl: empty }, 'fr')),
  ).toBeNull()
})

test.each([
  ['legal', '017', 'nonprofit'],
  ['legal', '412', 'public'],
  ['legal', '610', 'commercial'],
  ['legal', null, 'commercial'],
  ['natural', null, 'person'],
] as const)('a %s person of form %s is proposed as %s (M39)', (type, form, kind) => {
  expect(kindOfForm(type, form)).toBe(kind)
})

describe('a name that is looked for', () => {
  test.each([
    ['  Les Tilleuls ', ['les', 'tilleuls']],
    ['L’ÉCOLE à Liège-Guillemins', ['ecole', 'liege', 'guillemins']],
    ['C.P.A.S. de Namur', ['cpas', 'de', 'namur']],
    ['cœur', ['coeur']],
    ['ｔｉｌ', ['til']],
    ['les les les', ['les']],
    ["'):* | 'x", null],
    ['a', null],
    ['  ', null],
    ['?! \u0000', null],
  ])('%j is read as %j', (typed, words) => {
    expect(readNameSearch(typed)).toEqual(words)
  })

  test('has eight words at most', () => {
    expect(readNameSearch('aa bb cc dd ee ff gg hh ii')).toHaveLength(8)
  })
})
