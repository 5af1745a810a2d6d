import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  beginFlow,
  discover,
  newVisitor,
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import argon2 from 'argon2'
import { until } from './stage/until.ts'

const E06 = "Choisissez un mot de passe d'au moins 12 caractères, difficile à deviner."

let database: TestDatabase
let myanm: TestIdp

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

afterEach(async () => {
  await query(database, 'delete from attempt')
  await query(database, "update proof set asked_at = asked_at - interval '2 minutes'")
})

/** A form for a new password of this person, by mail: where every rule holds as it does elsewhere. */
async function formFor(key: string) {
  const to = `${key}@exemple.be`
  const before = myanm.letters.filter((letter) => letter.to === to).length
  const visitor = new Visitor()
  await visitor.go(new URL('/mot-de-passe/oublie', myanm.issuer))
  await visitor.submit({ fields: { identifiant: key } })
  await until(() => myanm.letters.filter((letter) => letter.to === to).length > before)
  const letter = myanm.letters.filter((one) => one.to === to).at(-1)
  await visitor.go(/http\S+\/mot-de-passe\/\S+/.exec(letter?.text ?? '')?.[0] ?? '')
  return (password: string, confirmation = password): Promise<Page> =>
    visitor.submit({ fields: { mot_de_passe: password, confirmation } })
}

async function letsIn(login: string, password: string): Promise<boolean> {
  const visitor = newVisitor()
  await visitor.go((await beginFlow(await discover(myanm.issuer))).url)
  const page = await typeCredentials(visitor, login, password)
  return page.status !== 422 && page.status !== 429
}

const WORDS = 'Une phrase que personne ne devine, ni ici ni ailleurs. '
const long = (length: number): string => [...WORDS.repeat(20)].slice(0, length).join('')

describe('a new password', () => {
  test.each([1, 11])('of %i characters is too short', async (length) => {
    const choose = await formFor('lecteur')
    const page = await choose(long(length))
    expect(page.status).toBe(422)
    expect(page.text).toContain(E06)
  })

  test.each([
    ['lecteur', 12],
    ['collegue', 64],
    ['voisin', 128],
  ])('of %s with %i characters is kept whole', async (key, length) => {
    const choose = await formFor(key)
    const password = `${long(length - 1)}é`
    expect((await choose(password)).url.pathname).toBe('/mot-de-passe/change')
    expect(await letsIn(key, password)).toBe(true)
    expect(await letsIn(key, password.slice(0, -1))).toBe(false)
    expect(await letsIn(key, `${password.slice(0, -1)}è`)).toBe(false)
  })

  test.each([129, 1000, 20_000])('of %i characters is refused, never cut', async (length) => {
    const choose = await formFor('candidat')
    const page = await choose(`${WORDS.repeat(400).slice(0, length)}`)
    expect(page.status).toBe(422)
    expect(page.text).toContain('dépasse 128 caractères')
  })

  test('is compared beyond its first 72 bytes', async () => {
    const choose = await formFor('responsable')
    const first = long(72)
    await choose(`${first}le chat`)
    expect(await letsIn('responsable', `${first}le chien`)).toBe(false)
    expect(await letsIn('responsable', `${first}le chat`)).toBe(true)
  })

  test('is the same composed or not, from any keyboard', async () => {
    const choose = await formFor('independant')
    await choose('l’e\u0301te\u0301 a\u0300 la mer du Nord', 'l’été à la mer du Nord')
    expect(await letsIn('independant', 'l’\u00e9t\u00e9 \u00e0 la mer du Nord')).toBe(true)
    expect(await letsIn('independant', 'l’e\u0301te\u0301 a\u0300 la mer du Nord')).toBe(true)
  })

  test('keeps its spaces and its pictures, at both ends too', async () => {
    const choose = await formFor('multi')
    const password = '  🌊 trois mouettes 🌊  '
    await choose(password)
    expect(await letsIn('multi', password)).toBe(true)
    expect(await letsIn('multi', password.trim())).toBe(false)
  })

  test.each([
    ['motdepasse2026!', 'Ce mot de passe est trop courant.'],
    ['Guide Social 2026', 'Ce mot de passe est trop courant.'],
    ['Gestionnaire-du-lac', 'contient votre nom, votre login ou votre adresse'],
    ['chez dupont au lac', 'contient votre nom, votre login ou votre adresse'],
  ])('%j is refused, and why is said', async (password, why) => {
    const choose = await formFor('gestionnaire')
    const page = await choose(password)
    expect(page.status).toBe(422)
    expect(page.text).toContain(`${E06} `)
    expect(page.text).toContain(why)
    // What was typed does not travel back.
    expect(page.html).not.toContain(password)
  })

  test('needs no capital, no digit and no sign', async () => {
    const choose = await formFor('conseiller')
    expect((await choose('quatre mots sans rapport entre eux')).url.pathname).toBe(
      '/mot-de-passe/change',
    )
  })

  test('may be pasted and filled in by a password manager', async () => {
    const choose = await formFor('academie')
    const page = await choose('')
    for (const field of ['#mot_de_passe', '#confirmation']) {
      expect(page.$(field).attr('autocomplete')).toBe('new-password')
      expect(page.$(field).attr('onpaste')).toBeUndefined()
      expect(page.$(field).attr('maxlength')).toBeUndefined()
      expect(page.$(field).attr('passwordrules')).toContain('minlength: 12')
    }
    expect(page.$('input[autocomplete=username]').val()).toBe('academie')
  })
})

test('a hash made with older parameters is renewed at the next sign-in, and only then', async () => {
  const password = 'quatre mots sans aucun rapport'
  const old = await argon2.hash(password, { memoryCost: 8192, timeCost: 2, parallelism: 1 })
  await query(database, "update account set password_hash = $1 where login = 'particulier'", [old])
  const kept = async () => {
    const [row] = await query<{ hash: string }>(
      database,
      "select password_hash as hash from account where login = 'particulier'",
    )
    return row?.hash ?? ''
  }
  expect(await letsIn('particulier', 'un autre mot de passe')).toBe(false)
  expect(await kept()).toBe(old)
  expect(await letsIn('particulier', password)).toBe(true)
  const renewed = await kept()
  expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,/)
  expect(await letsIn('particulier', password)).toBe(true)
  expect(await kept()).toBe(renewed)
})
