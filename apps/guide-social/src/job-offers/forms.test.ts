import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  AIDS,
  CONTRACTS,
  JOINT_COMMITTEES,
  OCCUPATIONS,
  type OfferContent,
  PAY_PERIODS,
  REGIMES,
} from './content.ts'
import { addDays } from './day.ts'
import { canonical, FIELD_NAMES, FIELDS, fieldOf, offerForm, readOffer, typedOf } from './forms.ts'
import { line, paragraphs } from './plain-text.ts'

const mistakesOf = (typed: Record<string, string | string[]>) =>
  Object.fromEntries(readOffer(typed).mistakes)

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const short = (longest: number) =>
  orNull(
    fc
      .string({ unit: 'grapheme', maxLength: longest })
      .map(line)
      .filter((text) => text !== '' && [...text].length <= longest),
  )
const long = orNull(
  fc
    .string({ unit: 'grapheme', maxLength: 400 })
    .map(paragraphs)
    .filter((text) => text !== ''),
)
const day = orNull(fc.nat(20_000).map((days) => addDays('2000-01-01', days)))
const cents = orNull(fc.integer({ min: 1, max: 99_999_999 }))

const contents: fc.Arbitrary<OfferContent> = fc
  .record({
    title: fc
      .string({ unit: 'grapheme', minLength: 10, maxLength: 100 })
      .map(line)
      .filter((text) => [...text].length >= 10 && [...text].length <= 120),
    occupation: orNull(fc.constantFrom(...OCCUPATIONS)),
    otherOccupation: short(80),
    description: long,
    postcode: orNull(fc.integer({ min: 1000, max: 9999 }).map(String)),
    locality: short(60),
    contract: orNull(fc.constantFrom(...CONTRACTS)),
    contractLength: short(80),
    regime: orNull(fc.constantFrom(...REGIMES)),
    weeklyMinutes: orNull(fc.integer({ min: 1, max: 3000 })),
    posts: fc.integer({ min: 1, max: 99 }),
    jointCommittee: orNull(fc.constantFrom(...JOINT_COMMITTEES)),
    payScale: short(120),
    payMin: cents,
    payMax: cents,
    payPer: fc.constantFrom(...PAY_PERIODS),
    payToldBeforeInterview: fc.boolean(),
    aids: fc.subarray([...AIDS]),
    diploma: short(120),
    experience: short(120),
    languages: short(120),
    drivingLicence: fc.boolean(),
    startsOn: day,
    endsOn: day,
    applyEmail: orNull(fc.constantFrom('a@exemple.be', 'prenom.nom+cv@sous.exemple.org')),
    applyUrl: orNull(fc.constantFrom('https://exemple.be/emplois?a=1', 'http://exemple.be/')),
    applyPhone: orNull(fc.constantFrom('081 22 33 44', '+32 470 12 34 56', '04/222.33.44')),
    applyNote: long,
  })
  .filter(({ payMin, payMax }) => payMin === null || payMax === null || payMin <= payMax)

describe('the form of an offer', () => {
  test('every part of an offer has one field', () => {
    expect(new Set(FIELD_NAMES.map((field) => FIELDS[field])).size).toBe(FIELD_NAMES.length)
    expect(Object.keys(offerForm.shape).sort()).toEqual([...FIELD_NAMES].sort())
    for (const field of FIELD_NAMES) expect(fieldOf(FIELDS[field])).toBe(field)
  })

  test('what is stored can be shown, sent again unchanged, and is the same offer', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const { content: again, mistakes } = readOffer(typedOf(content))
        expect(Object.fromEntries(mistakes)).toEqual({})
        expect(again).toEqual(content)
      }),
    )
  })

  test('whatever is sent is read or refused, never thrown at', () => {
    const anything = fc.dictionary(
      fc.constantFrom(...FIELD_NAMES),
      fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string(), { maxLength: 4 })),
    )
    fc.assert(
      fc.property(anything, (typed) => {
        const { content, mistakes } = readOffer(typed)
        for (const field of mistakes.keys()) expect(FIELD_NAMES).toContain(field)
        expect(Object.keys(content)).toHaveLength(FIELD_NAMES.length)
      }),
    )
  })

  test('writing it as we would does not change what it says', () => {
    const typed = { salaire_min: '2.730,5', heures: '22,8', limite: '1/2/2027', titre: '  a  b ' }
    expect(canonical(typed)).toMatchObject({
      salaire_min: '2\u202f730,50',
      heures: '22\u00a0h\u00a048',
      limite: '01/02/2027',
      // Too short to be read: it stays as it was typed.
      titre: '  a  b ',
    })
  })

  test('everything wrong is said at once', () => {
    expect(
      mistakesOf({
        titre: 'court',
        fonction: 'astronaute',
        code_postal: '123',
        contrat: 'CDI',
        heures: 'beaucoup',
        salaire_min: 'mille',
        limite: '31/02/2027',
        courriel: 'pas une adresse',
        lien: 'javascript:alert(1)',
        telephone: '12',
        postes: '0',
      }),
    ).toEqual({
      titre: 'job-offers.error.title-length',
      fonction: 'job-offers.error.choice',
      code_postal: 'job-offers.error.postcode',
      contrat: 'job-offers.error.choice',
      heures: 'job-offers.error.hours',
      salaire_min: 'job-offers.error.amount',
      limite: 'job-offers.error.date',
      courriel: 'job-offers.error.email',
      lien: 'job-offers.error.web-address',
      telephone: 'job-offers.error.phone',
      postes: 'job-offers.error.posts',
    })
  })

  test.each([
    ['a'.repeat(9), false],
    ['a'.repeat(10), true],
    ['a'.repeat(120), true],
    ['a'.repeat(121), false],
    // One character each, whatever their weight in memory.
    ['😀'.repeat(120), true],
  ])('a title counts from 10 to 120 characters: %#', (titre, isFine) => {
    expect(readOffer({ titre }).mistakes.has('titre')).toBe(!isFine)
  })

  test('a range goes upwards', () => {
    expect(mistakesOf({ titre: '', salaire_min: '3 000', salaire_max: '2 000' })).toEqual({
      salaire_max: 'job-offers.error.pay-order',
    })
  })

  test('a box is ticked or not, several aids may be', () => {
    const { content } = readOffer({ permis: 'oui', aides: ['ape', 'inconnue', 'activa'] })
    expect(content.drivingLicence).toBe(true)
    expect(content.payToldBeforeInterview).toBe(false)
    expect(content.aids).toEqual(['ape', 'activa'])
  })

  test('text stays text: tags, control and direction characters have no power', () => {
    const { content } = readOffer({
      titre: '<script>alert(1)</script> \u202eemploi\u0007',
      texte: 'un\r\n\r\n\r\n\r\ndeux\u2066',
    })
    expect(content.title).toBe('<script>alert(1)</script> emploi')
    expect(content.description).toBe('un\n\ndeux')
  })
})
