import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  client,
  newVisitor,
  query,
  type TestDatabase,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { type ListeningSite, listeningSite } from './stage/listening-site.ts'
import { type OwnProcess, runToEnd, startOwnProcess } from './stage/own-process.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

let database: TestDatabase
let site: ListeningSite
let myanm: OwnProcess
let wire: Wire
let visitor: Visitor

beforeAll(async () => {
  database = await withDatabase()
  site = await listeningSite()
  myanm = await startOwnProcess({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: site.home }),
      client({ id: 'bilan' }),
    ],
  })
  wire = onTheWire(myanm.issuer)
  visitor = newVisitor()
  await visitor.go(wire.request().url)
  await typeCredentials(visitor, 'lecteur')
})

afterAll(async () => {
  await myanm.stop()
  await site.close()
  await database.drop()
})

interface Row extends Record<string, unknown> {
  readonly kid: string
  readonly state: string
  readonly algorithm: string
  readonly sealed_private_jwk: string
  readonly public_jwk: Record<string, unknown>
}

const rows = () => query<Row>(database, 'select * from signing_key order by algorithm, created_at')

async function keySet(): Promise<JSONWebKeySet> {
  return (await (await fetch(new URL('/jwks', myanm.issuer))).json()) as JSONWebKeySet
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? ''
const verify = (token: string, keys: JSONWebKeySet) =>
  jwtVerify(token, createLocalJWKSet(keys), { issuer: myanm.issuer.origin })

const rotate = (environment: Readonly<Record<string, string>> = {}) =>
  runToEnd('rotate-keys', { ...myanm.environment, ...environment })

describe('a private key', () => {
  test('cannot be read in a copy of the table', async () => {
    for (const { sealed_private_jwk: sealed, public_jwk: shown } of await rows()) {
      expect(sealed).toMatch(/^[\w-]{100,}$/)
      const plain = Buffer.from(sealed, 'base64url').toString('latin1')
      expect(plain).not.toMatch(/"(d|p|q|kty|kid)"/)
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi']) {
        expect(Object.keys(shown)).not.toContain(member)
      }
    }
  })

  test('that cannot be opened stops the start, with one clear sentence', async () => {
    const wrong = 'w'.repeat(43)
    const { code, output } = await runToEnd('main', {
      ...myanm.environment,
      KEY_ENCRYPTION_KEY: wrong,
    })
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain('KEY_ENCRYPTION_KEY does not open signing key')
    expect(output).not.toContain(wrong)
  })

  test('is not rotated with the wrong key either: nothing would open the new one', async () => {
    const before = await rows()
    const { code, output } = await rotate({ KEY_ENCRYPTION_KEY: 'w'.repeat(43) })
    expect(code).toBe(1)
    expect(output).toContain('KEY_ENCRYPTION_KEY')
    expect(await rows()).toEqual(before)
  })
})

describe('an environment that is not right', () => {
  test('is told all at once, without its values, and nothing starts', async () => {
    const { code, output } = await runToEnd('main', {
      PATH: myanm.environment['PATH'] ?? '',
      PUBLIC_URL: 'https://compte.exemple.be/chemin',
      COOKIE_KEY: 'a-short-secret',
      PORT: 'http',
      SMTP_URL: 'gopher://mail',
    })
    expect(code).toBe(1)
    const named =
      'PORT PUBLIC_URL DATABASE_URL COOKIE_KEY KEY_ENCRYPTION_KEY PAIRWISE_SALT SMTP_URL MAIL_FROM'
    for (const name of named.split(' ')) expect(output).toContain(name)
    for (const value of ['chemin', 'a-short-secret', 'gopher']) expect(output).not.toContain(value)
    expect(output).not.toMatch(/^ +at /m)
  })
})

describe('a rotation', () => {
  test('in the middle of everything refuses no token and no request', async () => {
    // Whoever verifies read the keys once, before, and keeps them.
    const kept = await keySet()
    const before = await wire.tokensOf(visitor)
    const states = new Map((await rows()).map(({ kid, state }) => [kid, state]))
    const next = (await rows()).find(
      ({ state, algorithm }) => state === 'next' && algorithm === 'ES256',
    )

    const tokens: string[] = []
    let isOver = false
    const traffic = Array.from({ length: 3 }, async () => {
      while (!isOver) tokens.push((await wire.tokensOf(visitor)).id)
    })
    const rotated = await rotate()
    expect(rotated.code).toBe(0)
    await until(async () => (await keySet()).keys.length === 6)
    const after = await wire.tokensOf(visitor)
    isOver = true
    await Promise.all(traffic)

    expect(tokens.length).toBeGreaterThan(5)
    const published = await keySet()
    for (const token of [before.id, ...tokens, after.id]) {
      await verify(token, kept)
      await verify(token, published)
    }
    expect(states.get(kidOf(before.id))).toBe('current')
    expect(kidOf(after.id)).toBe(next?.kid)
    expect((await rows()).map(({ algorithm, state }) => [algorithm, state])).toEqual([
      ['ES256', 'retired'],
      ['ES256', 'current'],
      ['ES256', 'next'],
      ['RS256', 'retired'],
      ['RS256', 'current'],
      ['RS256', 'next'],
    ])
    expect(new Set(published.keys.map(({ kid }) => kid))).toEqual(
      new Set((await rows()).map(({ kid }) => kid)),
    )
    for (const { kid } of await rows()) expect(rotated.output).toContain(kid)
    expect(rotated.output).not.toMatch(/"d"|sealed/)

    // What the retired key signed still counts, until it expires by itself.
    expect((await wire.userinfo(after.access)).status).toBe(200)
    const proof = new URL('/logout', myanm.issuer)
    proof.searchParams.set('id_token_hint', before.id)
    expect((await visitor.request(proof)).status).toBe(303)
  })

  test('is followed by whoever tells the sites of a sign-out', async () => {
    const [current] = (await rows()).filter(
      ({ state, algorithm }) => state === 'current' && algorithm === 'ES256',
    )
    await until(() => site.tokens.length > 0)
    const token = site.tokens.at(-1)?.token ?? ''
    expect(kidOf(token)).toBe(current?.kid)
    await verify(token, await keySet())
  })

  test('is written in the journal', async () => {
    const events = await query(database, "select from journal where event = 'signing-keys-rotated'")
    expect(events).toHaveLength(1)
  })

  test('drops what was retired a day ago, and nothing younger', async () => {
    const retired = (await rows()).filter(({ state }) => state === 'retired')
    await query(
      database,
      "update signing_key set retired_at = now() - interval '23 hours' where state = 'retired'",
    )
    expect((await rotate()).code).toBe(0)
    expect((await rows()).filter(({ state }) => state === 'retired')).toHaveLength(4)
    await query(
      database,
      "update signing_key set retired_at = now() - interval '25 hours' where kid = any($1)",
      [retired.map(({ kid }) => kid)],
    )
    expect((await rotate()).code).toBe(0)
    const left = (await rows()).map(({ kid }) => kid)
    for (const { kid } of retired) expect(left).not.toContain(kid)
    await until(async () => (await keySet()).keys.length === left.length)
  })

  test('happens one at a time, however many are asked for at once', async () => {
    const codes = await Promise.all([rotate(), rotate()])
    expect(codes.map(({ code }) => code)).toEqual([0, 0])
    const states = (await rows()).map(({ algorithm, state }) => `${algorithm} ${state}`)
    for (const one of ['ES256 current', 'ES256 next', 'RS256 current', 'RS256 next']) {
      expect(states.filter((state) => state === one)).toHaveLength(1)
    }
    const person = newVisitor()
    await person.go(wire.request().url)
    await typeCredentials(person, 'lecteur')
    const { id } = await wire.tokensOf(person)
    await verify(id, await keySet())
  })
})
