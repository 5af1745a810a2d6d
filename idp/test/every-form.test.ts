import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { HELD } from '../src/retention/map/index.ts'
import { type AsItWas, keepAsItWas } from './stage/as-it-was.ts'
import { CANARY, everyColumn } from './stage/every-column.ts'
import { addressOf, everyForm } from './stage/every-form.ts'
import { plant } from './stage/plant.ts'
import { FORMS, pathFor } from './stage/routes.ts'
import { signsIn, staffSignsIn } from './stage/team.ts'
import { onTheWire } from './stage/wire.ts'

const FORM = 'application/x-www-form-urlencoded'
/** Sent by mail programs, not by browsers: its proof is in its address (RFC 8058). */
const ONE_CLICK = '/newsletter/arret/:jeton'

/** What forms of persons decide on, besides what those of organisations do. */
const OF_PERSONS = [
  'registration',
  'passkey',
  'one_time_password',
  'recovery_code',
  'legacy_identity',
  'legacy_conflict',
  'proof',
]

/** Fields of our forms that are called as a column is: they are asked for there. */
const ASKED_FOR: Readonly<Record<string, readonly string[]>> = {
  '/compte/connexion/login': ['login'],
}

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

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const tilleuls = (): string => myanm.organisations.get('tilleuls') ?? ''

interface SignedIn {
  readonly login: string
  readonly visitor: Visitor
  /** A journey this browser is on, asked who it is once more. */
  readonly uid: string
  readonly jeton: string
}

async function comeIn(login = 'lecteur'): Promise<SignedIn> {
  const visitor =
    login === 'staff'
      ? await staffSignsIn(database, myanm.issuer)
      : await signsIn(myanm.issuer, login)
  const page = await visitor.go(at('/compte/identite'))
  const jeton = String(page.$('main input[name=jeton]').attr('value'))
  return { login, visitor, jeton, uid: await journeyOf(visitor) }
}

/** A journey this browser begins, asked who it is once more. */
async function journeyOf(visitor: Visitor): Promise<string> {
  const asked = onTheWire(myanm.issuer).request('guide-social', { prompt: 'login' })
  const { url } = await visitor.go(asked.url)
  return url.pathname.split('/')[2] ?? ''
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
  /** What the addresses of the team of the ANM name: one of each kind there is. */
  const things = new Map<string, string>()
  let before: AsItWas

  beforeAll(async () => {
    const [account, member] = [idOf('candidat'), idOf('collegue')]
    const team = [idOf('voisin'), idOf('multi')] as const
    await plant(database, { account, team })
    for (const [what, from] of Object.entries({
      ':lien': `membership where account_id = '${member}'`,
      '/equipe-anm/sites/:id': 'signal_delivery',
      '/equipe-anm/corrections/:id': 'staff_correction',
      '/equipe-anm/courriels/:id': 'letter',
      '/equipe-anm/mesures/:id': 'organisation_measure',
      '/equipe-anm/conflits/:id': 'legacy_conflict',
    })) {
      const [row] = await query<{ id: string }>(database, `select id from ${from} limit 1`)
      things.set(what, String(row?.id))
    }
    things.set('/equipe-anm/comptes/:id', account)
    things.set('/equipe-anm/equipe/:id', account)
    things.set('/equipe-anm/organismes/:id', tilleuls())
    things.set('/equipe-anm/messages/:reference', 'REF-ZQXVKJ7')
    before = await keepAsItWas(database, OF_PERSONS)
  }, 60_000)

  afterAll(() => before.close())

  /** Who has the page a form is on. */
  const loginFor = (route: string): string =>
    route.startsWith('/equipe-anm')
      ? 'staff'
      : route.startsWith('/organismes/:organisme')
        ? 'gestionnaire'
        : 'particulier'

  const placeOf = (route: string, uid: string): string => {
    const [thing, id] =
      [...things].find(([name]) => name.startsWith('/') && route.startsWith(name)) ?? []
    const real = route
      .replace(thing ?? '', (thing ?? '').replace(/:\w+$/, id ?? ''))
      .replace(':lien', things.get(':lien') ?? '')
      .replace(':organisme', tilleuls())
    return addressOf(real, uid)
  }

  const signedIn = new Map<string, SignedIn>()

  /** Whoever has the page of a form, signed in and on a journey; again after a form that signed them out. */
  async function inFrontOf(route: string): Promise<SignedIn> {
    const login = loginFor(route)
    const known = signedIn.get(login)
    const page = await known?.visitor.go(at('/compte/identite'))
    const isIn = page?.url.pathname === '/compte/identite'
    const here =
      known && isIn
        ? { ...known, uid: route.includes(':uid') ? await journeyOf(known.visitor) : known.uid }
        : await comeIn(login)
    signedIn.set(login, here)
    return here
  }

  const eachForm = async (check: (route: string) => Promise<void>): Promise<void> => {
    for (const route of forms) {
      await before.putBack()
      await check(route)
      await query(database, 'delete from attempt')
    }
    await before.putBack()
  }

  test('is read: whoever sends it has the page it is on', async () => {
    const unread: unknown[] = []
    for (const route of forms.filter((one) => /^\/(equipe-anm|organismes\/:organisme)/.test(one))) {
      await before.putBack()
      const here = await inFrontOf(route)
      const { status } = await send(here.visitor, {
        path: placeOf(route, here.uid),
        body: `jeton=${here.jeton}&identifiant=a%00b`,
      })
      // A NUL byte is refused where the body is read: an address nobody has answers 404 first.
      if (status !== 400) unread.push([route, status])
    }
    expect(unread).toEqual([])
  }, 120_000)

  test('and something broken in it is refused, soon and plainly (F37)', async () => {
    const surprises: unknown[] = []
    await eachForm(async (route) => {
      const { visitor, jeton, uid } = await inFrontOf(route)
      const path = placeOf(route, uid)
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
    const other = {
      account: idOf('voisin'),
      organisation: String(myanm.organisations.get('passage')),
    }
    const named = await everyColumn(database, other)
    const found: unknown[] = []
    await eachForm(async (route) => {
      const sendTo = async (more: Readonly<Record<string, string>>) => {
        const from = await inFrontOf(route)
        const fields = new URLSearchParams({ ...more, jeton: from.jeton })
        const path = placeOf(route, from.uid)
        const { status } = await send(from.visitor, { path, body: fields.toString() })
        const changes = await before.changes()
        await before.putBack()
        return { status, changes }
      }
      const plain = await sendTo({})
      const asked = ASKED_FOR[route] ?? []
      const more = Object.entries(named).filter(([name]) => !asked.includes(name))
      const withAll = await sendTo(Object.fromEntries(more))
      const changed = withAll.changes.filter((line) => !plain.changes.includes(line))
      if (withAll.status >= 500 || changed.length > 0) {
        found.push({ route, plain: plain.status, status: withAll.status, changed })
      }
    })
    expect(found).toEqual([])
    const tables = Object.keys(HELD).filter((table) => table !== 'oidc_artefact')
    for (const table of tables) {
      const rows = await query(
        database,
        `select from ${table} t where position($1 in t::text) > 0 limit 1`,
        [CANARY],
      )
      expect([table, rows.length]).toEqual([table, 0])
    }
  }, 400_000)
})
