import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  newVisitor,
  PASSWORD,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { type Door, openDoor } from './stage/door.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const WRONG = 'ce-n-est-pas-cela'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database, settings: { HOST: '127.0.0.1' } })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

afterEach(async () => {
  await query(database, 'delete from attempt')
  await query(database, 'delete from sign_in_failure')
})

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''

/** A stranger, from an address of their own each time: no limit of addresses stops them. */
let addresses = 0
async function stranger(login: string): Promise<Door> {
  addresses += 1
  const from = `127.1.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`
  const door = await openDoor({ issuer: myanm.issuer, wire }, from)
  await door.say(login)
  return door
}

/** Strangers lock somebody's door for everybody who has never been in. */
async function strangersLock(login: string): Promise<void> {
  const door = await stranger(login)
  for (let turn = 0; turn < 6; turn += 1) await door.attempt(WRONG)
  expect((await door.attempt(PASSWORD)).status).toBe(429)
}

async function comesTo(
  login: string,
  visitor = newVisitor(),
  password = PASSWORD,
): Promise<Visitor> {
  await visitor.go(wire.request('guide-social', { prompt: 'login' }).url)
  await typeCredentials(visitor, login, password)
  return visitor
}

const isIn = (visitor: Visitor): boolean =>
  visitor.page?.url.port === '9999' || /contexte/.test(visitor.page?.url.pathname ?? '')

describe('strangers who guess', () => {
  test('do not lock the owner out of a browser they have been in with', async () => {
    const owner = await comesTo('lecteur')
    expect(isIn(owner)).toBe(true)
    await strangersLock('lecteur')
    expect(isIn(await comesTo('lecteur', owner))).toBe(true)
    // Who comes in there does not open the door for the strangers.
    expect((await (await stranger('lecteur')).attempt(PASSWORD)).status).toBe(429)
  })

  test('gain nothing by a browser that somebody else has been in with', async () => {
    const other = await comesTo('voisin')
    await strangersLock('lecteur')
    const visitor = await comesTo('lecteur', other)
    expect(visitor.page?.status).toBe(429)
  })

  test('gain nothing by a cookie they have made up, or changed', async () => {
    const owner = await comesTo('lecteur')
    await strangersLock('lecteur')
    const { issuer } = myanm
    const cookie = (await owner.jar.getCookies(issuer.href)).find(({ key }) => key === 'appareil')
    const [name = '', seal = ''] = String(cookie?.value).split('.')
    const swapped = seal.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
    for (const forged of [
      name,
      `${name}.${swapped}`,
      `${swapped}.${seal}`,
      `${name}.${'A'.repeat(22)}`,
      `${name}.${idOf('lecteur')}`,
      '.....',
      'é',
      'x'.repeat(8000),
    ]) {
      const visitor = newVisitor()
      await visitor.jar.setCookie(`appareil=${forged}`, issuer.href)
      await comesTo('lecteur', visitor)
      expect([forged.slice(0, 30), visitor.page?.status]).toEqual([forged.slice(0, 30), 429])
    }
    // Copied as it is, it is that browser: five tries of its own, and then no more.
    const copy = newVisitor()
    await copy.jar.setCookie(`appareil=${cookie?.value}`, issuer.href)
    for (let turn = 0; turn < 6; turn += 1) await comesTo('lecteur', copy, WRONG)
    expect((await comesTo('lecteur', copy)).page?.status).toBe(429)
  })

  test('learn nothing from that cookie: no name, no account, and it signs nobody in', async () => {
    const owner = await comesTo('lecteur')
    const cookie = (await owner.jar.getCookies(myanm.issuer.href)).find(
      ({ key }) => key === 'appareil',
    )
    expect(cookie?.value).not.toMatch(/lecteur|@/)
    expect(cookie?.value).not.toContain(idOf('lecteur'))
    expect([cookie?.httpOnly, cookie?.sameSite, cookie?.path]).toEqual([true, 'lax', '/'])
    const thief = newVisitor()
    await thief.jar.setCookie(`appareil=${cookie?.value}`, myanm.issuer.href)
    const none = await thief.go(wire.request('guide-social', { prompt: 'none' }).url)
    expect(none.url.searchParams.get('error')).toBe('login_required')
  })

  test('slowly, a few a day, have ninety tries in a row; then the password opens nothing', async () => {
    const owner = await comesTo('collegue')
    let tried = 0
    for (let day = 0; day < 20; day += 1) {
      // A quarter of an hour passes.
      await query(database, 'delete from attempt')
      const door = await stranger('collegue')
      for (let turn = 0; turn < 5; turn += 1) {
        const answer = await door.attempt(WRONG)
        expect(answer.status).toBe(422)
        tried += 1
      }
    }
    expect(tried).toBe(100)
    await query(database, 'delete from attempt')
    // From the same place, the right one is told from a wrong one no longer.
    const right = await (await stranger('collegue')).attempt(PASSWORD)
    expect([right.status, right.text.includes('Identifiant ou mot de passe incorrect.')]).toEqual([
      422,
      true,
    ])
    // The owner, where they have been in, is told what to do.
    const told = await comesTo('collegue', owner)
    expect(told.page?.text).toContain('choisissez-en un nouveau')
    expect(told.page?.$('a[href^="/mot-de-passe/oublie?etape="]').length).toBeGreaterThan(0)
    const letters = () => myanm.letters.filter(({ to }) => to === 'collegue@exemple.be')
    await until(() =>
      letters().some(({ text }) => text.includes('votre mot de passe ne suffit plus')),
    )
    const events = await query<{ event: string }>(
      database,
      "select event from journal where account_id = $1 and event = 'sign-in-closed'",
      [idOf('collegue')],
    )
    expect(events).toHaveLength(1)
    // Another person's is not closed with it.
    expect(isIn(await comesTo('voisin'))).toBe(true)
  }, 60_000)

  test('are forgotten by a success, and by a new password chosen by mail', async () => {
    await query(database, 'insert into sign_in_failure values ($1, 89, 0)', [idOf('candidat')])
    expect(isIn(await comesTo('candidat'))).toBe(true)
    const failures = () =>
      query<{ passwords: number }>(database, 'select passwords from sign_in_failure')
    expect((await failures())[0]?.passwords).toBe(0)

    await query(database, 'update sign_in_failure set passwords = 95, second_factors = 40')
    await strangersLock('candidat')
    const owner = newVisitor()
    const phrase = 'un chat sur trois toits verts'
    await choosesPassword(owner, 'candidat', phrase)
    // A mailbox gives no new tries at a second factor.
    const [left] = await query(database, 'select passwords, second_factors from sign_in_failure')
    expect(left).toEqual({ passwords: 0, second_factors: 40 })
    // The strangers go on: who has just been there is not locked out by them.
    await strangersLockAgain('candidat')
    expect(isIn(await comesTo('candidat', owner, phrase))).toBe(true)
  })

  test('one’s own mistakes, where one is known, are forgotten by a new password, too', async () => {
    const owner = await comesTo('academie')
    for (let turn = 0; turn < 6; turn += 1) await comesTo('academie', owner, WRONG)
    expect((await comesTo('academie', owner)).page?.status).toBe(429)
    const phrase = 'trois chats sur un toit vert'
    await choosesPassword(owner, 'academie', phrase)
    expect(isIn(await comesTo('academie', owner, phrase))).toBe(true)
  })

  async function choosesPassword(owner: Visitor, login: string, phrase: string): Promise<void> {
    const before = myanm.letters.length
    const letter = () =>
      myanm.letters.slice(before).find(({ text }) => text.includes('/mot-de-passe/'))
    await owner.go(new URL('/mot-de-passe/oublie', myanm.issuer))
    await owner.submit({ fields: { identifiant: login } })
    await until(() => letter() !== undefined)
    const link =
      /http:\/\/\S+\/mot-de-passe\/[\w.-]+\.[\w.-]+/.exec(letter()?.text ?? '')?.[0] ?? ''
    await owner.go(link)
    await owner.submit({ fields: { mot_de_passe: phrase, confirmation: phrase } })
  }

  async function strangersLockAgain(login: string): Promise<void> {
    for (let turn = 0; turn < 6; turn += 1) await (await stranger(login)).attempt(WRONG)
  }
})

describe('one address that goes through a list of names', () => {
  const sprayed = () =>
    query<{ account_id: string | null; details: object }>(
      database,
      "select account_id, details from journal where event = 'sign-in-spraying'",
    )

  test('is written down, once, and slowed', async () => {
    const door = await openDoor({ issuer: myanm.issuer, wire }, '127.2.0.1')
    for (let turn = 0; turn < 31; turn += 1) {
      await door.say(`nom-${turn}`)
      const { status } = await door.attempt('Printemps2026!')
      expect([turn, status]).toEqual([turn, turn < 30 ? 422 : 429])
    }
    const [entry, ...more] = await sprayed()
    expect(more).toEqual([])
    expect(entry).toEqual({ account_id: null, details: {} })
  })

  test('is not somebody who has forgotten their own password', async () => {
    const before = (await sprayed()).length
    const door = await openDoor({ issuer: myanm.issuer, wire }, '127.2.0.2')
    for (const login of ['lecteur', 'lecteur@exemple.be', 'LECTEUR']) {
      await door.say(login)
      for (let turn = 0; turn < 6; turn += 1) await door.attempt(WRONG)
    }
    expect(await sprayed()).toHaveLength(before)
  })
})

describe('an old login shows that it is one', () => {
  test('to one address a few times only; then every name leads to the password', async () => {
    const keys = ['multi', 'academie', 'conseiller']
    for (const key of keys) {
      await query(
        database,
        `set session_replication_role = replica;
         update account set state = 'legacy', password_hash = null where id = '${idOf(key)}'`,
      )
    }
    const door = await openDoor({ issuer: myanm.issuer, wire }, '127.3.0.1')
    const first = await door.say('multi')
    expect(first.headers.location).toMatch(/\/premiere-connexion$/)
    // Whatever the spelling, and the e-mail address too.
    expect((await door.say(' MULTI@exemple.be ')).headers.location).toMatch(/premiere-connexion$/)
    for (let turn = 0; turn < 28; turn += 1) await door.say(keys[turn % 3] ?? '')
    expect((await door.say('academie')).headers.location).toMatch(/\/mot-de-passe$/)
    const elsewhere = await openDoor({ issuer: myanm.issuer, wire }, '127.3.0.2')
    expect((await elsewhere.say('academie')).headers.location).toMatch(/premiere-connexion$/)
  })
})
