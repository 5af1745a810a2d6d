import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isCommonWord } from './common-passwords.ts'
import { mistakesOfNewPassword } from './new-password.ts'
import { foldWord, refusalOfPassword } from './rules.ts'

const OWN = ['mdupont', 'marc.dupont@exemple.be', 'Marc', 'Dupont']

const refusal = (password: string, own: readonly (string | null)[] = OWN) =>
  refusalOfPassword(password, { own, isCommon: isCommonWord })

describe('a new password is refused', () => {
  test.each(['', 'court', 'onze-points', 'é'.repeat(11), '😀'.repeat(11)])(
    'when it is shorter than twelve characters: %j',
    (password) => expect(refusal(password)).toBe('too-short'),
  )

  test('when it is longer than 128 characters: refused, never cut', () => {
    expect(refusal(`${'phrase de passe '.repeat(8)}!`)).toBe('too-long')
    expect(refusal('phrase de passe '.repeat(8))).toBeNull()
    const longest = [...'😀 été à la mer '.repeat(9)].slice(0, 128).join('')
    expect(refusal(longest)).toBeNull()
    expect(refusal(`${longest}x`)).toBe('too-long')
  })

  test.each([
    'MDupont-et-compagnie',
    'la-vie-de-marc.dupont',
    'vive marc.dupont@exemple.be',
    'DUPONT au bord du lac',
    'düpont au bord du lac',
  ])('when it says whose it is: %j', (password) => expect(refusal(password)).toBe('personal'))

  test.each([
    '123456789012',
    '210987654321',
    'aaaaaaaaaaaa',
    'abcdabcdabcd',
    'azertyuiopqs',
    'qwertyuiop123',
    'azertyazerty',
    'jetaimejetaime',
    'motdepasse2026!',
    'Mot de passe 2026',
    'M0tDeP@sse2026!',
    'P@ssw0rd1234',
    'Soleil12345678901',
    '!!Doudou2018!!',
    'Bibliothèque',
    'Bruxelles2026!',
    'Anderlecht1908',
    'administrateur',
    'MyANM2026motdepasse!',
    'guidesocialmonasbl',
    'Guide Social 2026',
    'monbilanenligne!',
    'sweeli-jardin',
  ])('when attackers try it first: %j', (password) => expect(refusal(password)).toBe('common'))
})

describe('a new password is welcome', () => {
  test.each([
    'soleil-maison-cheval-bleu',
    'le bilan de mes vacances à la mer',
    '   le chat noir 😀   ',
    'q8Zk-vv31-pL0x',
    'une panne de courant hier soir',
    'mijn huis staat in Gent',
    'пароль для работы',
  ])('without any kind of character being asked for: %j', (password) =>
    expect(refusal(password)).toBeNull(),
  )

  test('though somebody’s name is so short that it stands in many words', () => {
    expect(refusal('une panne de courant', ['Léa', 'Bo', null, ''])).toBeNull()
  })
})

describe('the two fields', () => {
  const mistakes = (password: string, confirmation: string) =>
    mistakesOfNewPassword({ password, confirmation, own: OWN })

  test('say why, at the field it is about', () => {
    expect(mistakes('court', 'court')).toEqual({ mot_de_passe: 'credentials.password.too-short' })
    expect(mistakes('le chat noir du coin', 'le chat gris du coin')).toEqual({
      confirmation: 'credentials.password.differ',
    })
    expect(mistakes('le chat noir du coin', 'le chat noir du coin')).toEqual({})
  })

  test('are the same from any keyboard, and a space at the end is a character', () => {
    expect(
      mistakes('l\u2019e\u0301te\u0301 a\u0300 la mer', 'l\u2019\u00e9t\u00e9 \u00e0 la mer'),
    ).toEqual({})
    expect(mistakes('le chat noir du coin', 'le chat noir du coin ')).toHaveProperty('confirmation')
  })
})

test('the list holds the ten thousand most used passwords there are, and ours', () => {
  for (const word of ['123456', 'iloveyou', 'marseille', 'motdepasse', 'charleroi', 'myanm']) {
    expect(refusal(`${word}${word}`, []) ?? isCommonWord(word)).toBeTruthy()
  }
})

test('whatever is typed gets an answer, and soon', () => {
  // What runs away takes minutes; a machine that does other things takes seconds.
  const started = performance.now()
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (typed) => {
      refusal(typed)
      expect(foldWord(foldWord(typed))).toBe(foldWord(foldWord(foldWord(typed))))
    }),
    { numRuns: 2000, seed: 1 },
  )
  for (const evil of ['1'.repeat(128), '1a'.repeat(64), 'a1!'.repeat(42), ' '.repeat(128)]) {
    refusal(evil)
  }
  expect(performance.now() - started).toBeLessThan(30_000)
})
