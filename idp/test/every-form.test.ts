import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { HELD } from '../src/retention/map/index.ts'
import { addressOf, everyForm } from './stage/every-form.ts'
import { FORMS, pathFor } from './stage/routes.ts'
import { onTheWire } from './stage/wire.ts'

const FORM = 'application/x-www-form-urlencoded'
/** Sent by mail programs, not by browsers: its proof is in its address (RFC 8058). */
const ONE_CLICK = '/newsletter/arret/:jeton'
const CANARY = 'kanarie-zq9'

let database: TestDatabase
let myanm: TestIdp
let forms: string[]

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  forms = everyForm(myanm.idp.services)
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)

interface SignedIn {
  readonly visitor: Visitor
  /** A journey this browser is on, asked who it is once more. */
  readonly uid: string
  readonly jeton: string
}

async function comeIn(login = 'lecteur'): Promise<SignedIn> {
  const visitor = newVisitor()
  await visitor.go(at('/compte/identite'))
  await typeCredentials(visitor, login)
  const page = await visitor.go(at('/compte/identite'))
  const jeton = String(page.$('main input[name=jeton]').attr('value'))
  const again = await visitor.go(
    onTheWire(myanm.issuer).request('guide-social', { prompt: 'login' }).url,
  )
  return { visitor, jeton, uid: again.url.pathname.split('/')[2] ?? '' }
}

async function send(
  visitor: Visitor,
  asked: {
    readonly path: string
    readonly body: string
    readonly headers?: Readonly<Record<string, string>>
    readonly method?: string
  },
): Promise<{ status: number; text: string; milliseconds: number }> {
  const { path, body, headers = {}, method = 'POST' } = asked
  const began = performance.now()
  const response = await visitor.request(at(path), {
    method,
    headers: { 'content-type': FORM, ...headers },
    ...(method === 'GET' ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, text, milliseconds: performance.now() - began }
}

/** All that is held of anybody, but for what every page view moves. */
const MOVING = ['oidc_artefact', 'acting_context', 'attempt', 'journal', 'device']
async function everythingHeld(): Promise<Readonly<Record<string, string>>> {
  const tables = Object.keys(HELD).filter((table) => !MOVING.includes(table))
  const parts = tables.map(
    (table) =>
      `'${table}', (select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from ${table} t)`,
  )
  const [row] = await query<{ held: Record<string, string> }>(
    database,
    `select json_build_object(${parts.join(', ')}) as held`,
  )
  return row?.held ?? {}
}

test('every form there is, is visited wherever every address is', () => {
  expect(forms.length).toBeGreaterThan(50)
  const visited = FORMS.map((route) => pathFor(route))
  const missing = forms.filter((route) => {
    const shape = new RegExp(
      `^${route.replaceAll(/\{[^}]*\}/g, '').replaceAll(/:\w+(\([^)]*\))?/g, '[^/]+')}$`,
    )
    return !visited.some((path) => shape.test(path))
  })
  expect(missing).toEqual([])
})

describe('a form sent by somebody else (F30)', () => {
  test('is refused, whatever it lacks, and nothing has changed', async () => {
    const { visitor, jeton, uid } = await comeIn()
    const { jeton: foreign } = await comeIn('collegue')
    const before = await everythingHeld()
    const attacks: Record<string, { body: string; headers?: Record<string, string> }> = {
      'without its token': { body: 'compris=oui' },
      'with an empty token': { body: 'jeton=&compris=oui' },
      'with somebody’s token': { body: `jeton=${foreign}&compris=oui` },
      'with two tokens': { body: `jeton=${jeton}&jeton=${jeton}&compris=oui` },
      'from another origin': {
        body: `jeton=${jeton}&compris=oui`,
        headers: { origin: 'https://evil.example' },
      },
      'from nowhere': { body: `jeton=${jeton}&compris=oui`, headers: { origin: 'null' } },
      'across sites': {
        body: `jeton=${jeton}&compris=oui`,
        headers: { 'sec-fetch-site': 'cross-site' },
      },
      'from a neighbouring host': {
        body: `jeton=${jeton}&compris=oui`,
        headers: { 'sec-fetch-site': 'same-site' },
      },
    }
    for (const route of forms) {
      if (route === ONE_CLICK) continue
      for (const [name, attack] of Object.entries(attacks)) {
        const { status } = await send(visitor, { path: addressOf(route, uid), ...attack })
        expect([route, name, status]).toEqual([route, name, 403])
      }
    }
    expect(await everythingHeld()).toEqual(before)
  })

  test('asked for as a page, changes nothing either', async () => {
    const { visitor, jeton, uid } = await comeIn()
    const before = await everythingHeld()
    for (const route of forms) {
      const path = `${addressOf(route, uid)}?jeton=${jeton}&compris=oui&decision=oui`
      const { status } = await send(visitor, { path, body: '', method: 'GET' })
      expect([route, status < 500]).toEqual([route, true])
    }
    expect(await everythingHeld()).toEqual(before)
  })
})

describe('a form with its own token', () => {
  /** A new sign-in for each: some forms sign out. */
  const eachForm = async (
    check: (route: string, here: SignedIn) => Promise<void>,
  ): Promise<void> => {
    for (const route of forms) {
      await check(route, await comeIn('particulier'))
      await query(database, 'delete from attempt')
    }
  }

  test('and something broken in it is refused, soon and plainly (F37)', async () => {
    const surprises: unknown[] = []
    await eachForm(async (route, { visitor, jeton, uid }) => {
      const path = addressOf(route, uid)
      const broken: Record<string, { body: string; headers?: Record<string, string> }> = {
        'a NUL byte': { body: `jeton=${jeton}&identifiant=a%00b` },
        'half a character': { body: `jeton=${jeton}&identifiant=%ed%a0%80` },
        'bad UTF-8': { body: `jeton=${jeton}&identifiant=%ff%fe` },
        'a field twice': { body: `jeton=${jeton}&jeton=${jeton}` },
        'too much': { body: `jeton=${jeton}&identifiant=${'x'.repeat(300_000)}` },
        'another kind of body': {
          body: '{"a":1}',
          headers: { 'content-type': 'application/json' },
        },
        'an array': { body: `jeton=${jeton}&identifiant[]=a&identifiant[b]=c&compris[]=oui` },
        'a prototype': { body: `jeton=${jeton}&__proto__=a&constructor[prototype][x]=1` },
        'a huge number': { body: `jeton=${jeton}&version=1e309&code=${'9'.repeat(400)}` },
        'five hundred fields': {
          body: `jeton=${jeton}&${Array.from({ length: 500 }, (_, n) => `f${n}=1`).join('&')}`,
        },
      }
      for (const [name, { body, headers }] of Object.entries(broken)) {
        const { status, text, milliseconds } = await send(visitor, {
          path,
          body,
          ...(headers && { headers }),
        })
        const mustRefuse = ['a NUL byte', 'half a character', 'bad UTF-8'].includes(name)
        const told = /at .*\.(ts|js):\d+|node_modules|syntax error at/i.test(text)
        const isRead = route !== ONE_CLICK
        if (
          status >= 500 ||
          milliseconds > 2000 ||
          told ||
          (mustRefuse && isRead && status !== 400)
        ) {
          surprises.push([route, name, status, Math.round(milliseconds)])
        }
      }
    })
    expect(surprises).toEqual([])
  }, 240_000)

  test('that names every column there is writes none of them (F42)', async () => {
    const columns = await query<{ name: string }>(
      database,
      `select distinct column_name as name from information_schema.columns where table_schema = 'idp'`,
    )
    expect(columns.length).toBeGreaterThan(100)
    await eachForm(async (route, { visitor, jeton, uid }) => {
      const fields = new URLSearchParams({ jeton })
      for (const { name } of columns) fields.set(name, CANARY)
      // The one field of our forms that is called as a column is: it is asked for there.
      if (route === '/compte/connexion/login') fields.delete('login')
      const { status } = await send(visitor, {
        path: addressOf(route, uid),
        body: fields.toString(),
      })
      expect([route, status < 500]).toEqual([route, true])
    })
    const tables = Object.keys(HELD).filter((table) => table !== 'oidc_artefact')
    for (const table of tables) {
      const rows = await query(
        database,
        `select from ${table} t where position($1 in t::text) > 0 limit 1`,
        [CANARY],
      )
      expect([table, rows.length]).toEqual([table, 0])
    }
    const [person] = await query<{ state: string; account_type: string }>(
      database,
      'select state, account_type from account where id = $1',
      [myanm.accounts.get('particulier')],
    )
    expect(person).toEqual({ state: 'active', account_type: 'particulier' })
  }, 240_000)
})
