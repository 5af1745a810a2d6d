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
import { type BreakableLine, breakableLine } from './stage/breakable-line.ts'
import { type ListeningSite, listeningSite } from './stage/listening-site.ts'
import { type OwnProcess, startOwnProcess } from './stage/own-process.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const HOME = 'http://localhost:9999'

let database: TestDatabase
let line: BreakableLine
let site: ListeningSite
let myanm: OwnProcess
let wire: Wire
let visitor: Visitor

beforeAll(async () => {
  database = await withDatabase()
  line = await breakableLine(database.urlFor('idp'))
  site = await listeningSite()
  myanm = await startOwnProcess({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: site.home }),
      client({ id: 'monasbl', name: 'MonASBL', kind: 'site', home: HOME }),
      client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site', home: HOME }),
    ],
    environment: { DATABASE_URL: line.url.href },
  })
  wire = onTheWire(myanm.issuer)
  visitor = await comeIn()
})

afterAll(async () => {
  const code = await myanm.stop()
  await line.close()
  await site.close()
  await database.drop()
  expect(code).toBe(0)
})

const at = (path: string) => new URL(path, myanm.issuer)

async function comeIn(): Promise<Visitor> {
  const person = newVisitor()
  await person.go(at('/compte'))
  await typeCredentials(person, 'lecteur')
  expect(person.page?.status).toBe(200)
  return person
}

/** What people and programs may ask for that needs the database. */
async function askEverything() {
  const pages = ['/', '/compte', wire.request().url.pathname + wire.request().url.search, '/logout']
  const people = pages.map(async (path) => {
    const response = await visitor.request(at(path), { headers: { accept: 'text/html' } })
    return { path, response, text: await response.text() }
  })
  const token = 'a-token-that-looks-like-one-0123456789abc'
  const fields = { grant_type: 'refresh_token', refresh_token: token, token }
  const programs = ['/token', '/introspect', '/revoke'].map(async (path) => {
    const { headers, status, text } = await wire.post(path, fields)
    return { path, response: { headers, status }, text }
  })
  const bearers = ['/userinfo', '/api/equipe'].map(async (path) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
    const response = await fetch(at(path), { headers })
    return { path, response, text: await response.text() }
  })
  return Promise.all([...people, ...programs, ...bearers])
}

async function expectAway(): Promise<void> {
  for (const { path, response, text } of await askEverything()) {
    expect([path, response.status]).toEqual([path, 503])
    expect([path, response.headers.get('retry-after')]).toEqual([path, '5'])
    expect(response.headers.get('location')).toBeNull()
    expect(text).not.toMatch(/ECONN|postgres|node_modules|\.ts:\d+|select /)
    const isProgram = /token|introspect|revoke|userinfo|equipe/.test(path)
    if (isProgram) expect(JSON.parse(text)).toEqual(expect.any(Object))
    else expect(text).toContain('Service momentanément indisponible')
  }
}

/** Everything that has to work again, tried until it does. @returns milliseconds */
async function backAfter(): Promise<number> {
  const started = performance.now()
  await until(async () => {
    try {
      const ready = await fetch(at('/sante/prete'))
      await ready.text()
      const { url } = wire.request()
      const response = await visitor.request(url)
      await response.text()
      return ready.status === 200 && (response.headers.get('location') ?? '').includes('code=')
    } catch {
      // Refused while it comes back: tried again.
      return false
    }
  }, 20_000)
  return performance.now() - started
}

const connectionsThat = (query_: string) =>
  query<{ pid: number }>(
    database,
    `select pid from pg_stat_activity where usename = 'myanm_idp' and datname = current_database()
      and ${query_}`,
  )

async function expectListening(name: string): Promise<void> {
  await query(database, "update client set name = $1 where client_id = 'guide-social'", [name])
  await until(async () => (await newVisitor().go(wire.request().url)).text.includes(name), 5000)
}

/** A job that is being done at this very moment, and ends a moment later. */
async function whileSomethingIsDone(): Promise<void> {
  const before = site.tokens.length
  site.behave((answer) => void setTimeout(() => answer.writeHead(200).end(), 300))
  const person = await comeIn()
  await wire.newCode(person)
  await person.go(at('/logout'))
  await person.submit({ button: { name: 'logout', value: 'yes' } })
  await until(() => site.tokens.length > before)
}

async function expectJobsDone(): Promise<void> {
  const before = site.tokens.length
  const person = await comeIn()
  await wire.newCode(person)
  await person.go(at('/logout'))
  await person.submit({ button: { name: 'logout', value: 'yes' } })
  await until(() => site.tokens.length > before, 5000)
}

describe('the database goes away', () => {
  test('everybody is told to come back, what needs no database still answers', async () => {
    await whileSomethingIsDone()
    await line.cut()
    await expectAway()
    for (const path of ['/sante', '/jwks', '/.well-known/openid-configuration']) {
      expect([path, (await fetch(at(path))).status]).toEqual([path, 200])
    }
    const ready = await fetch(at('/sante/prete'))
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'unavailable' }])
    // Long enough for whoever reconnects in a hurry to make a crowd.
    await new Promise((resolve) => setTimeout(resolve, 4000))
    await expectAway()
    expect(myanm.isRunning()).toBe(true)
  })

  test('and comes back: all of it works within five seconds, by itself', async () => {
    await line.restore()
    expect(await backAfter()).toBeLessThan(5000)
    await expectListening('Guide Social revenu')
    await expectJobsDone()
    expect(await connectionsThat("application_name like 'listen engine%'")).toHaveLength(1)
    const all = await connectionsThat('true')
    expect(all.length).toBeLessThan(30)
  })

  test('in the middle of everything: each request is answered, none twice, none by a bug', async () => {
    const code = await wire.newCode(visitor)
    const asking = Array.from({ length: 40 }, async (_, turn) => {
      await new Promise((resolve) => setTimeout(resolve, turn * 5))
      const response = await visitor.request(
        wire.request(turn % 2 ? 'monasbl' : 'guide-social').url,
      )
      await response.text()
      return response.status
    })
    const redeeming = Array.from({ length: 5 }, () => wire.redeem(code))
    await new Promise((resolve) => setTimeout(resolve, 60))
    await query(
      database,
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'myanm_idp' and datname = current_database()",
    )
    for (const status of await Promise.all(asking)) expect([303, 503]).toContain(status)
    const answers = await Promise.all(redeeming)
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    for (const { status } of answers) expect([200, 400, 503]).toContain(status)
    expect(await backAfter()).toBeLessThan(5000)
    await expectListening('Guide Social')
    await expectJobsDone()
    expect(myanm.isRunning()).toBe(true)
  })
})

describe('the database falls silent', () => {
  test('nobody waits for ever, and readiness says so at once', async () => {
    await whileSomethingIsDone()
    line.silence()
    const started = performance.now()
    const ready = await fetch(at('/sante/prete'))
    expect(ready.status).toBe(503)
    expect(performance.now() - started).toBeLessThan(3000)
    await expectAway()
    expect(performance.now() - started).toBeLessThan(12_000)
    expect((await fetch(at('/jwks'))).status).toBe(200)
  })

  test('and is heard again: the silent connections are given up', async () => {
    await line.restore()
    expect(await backAfter()).toBeLessThan(8000)
    await expectListening('Guide Social entendu')
    await expectJobsDone()
  })
})

test('it says what happened, and nothing secret', () => {
  const output = myanm.output()
  for (const written of output.trim().split('\n')) {
    expect(() => JSON.parse(written) as unknown).not.toThrow()
  }
  const password = new URL(myanm.environment['DATABASE_URL'] ?? '').password
  for (const secret of [password, myanm.environment['COOKIE_KEY'], 'lecteur']) {
    expect(output).not.toContain(secret)
  }
})
