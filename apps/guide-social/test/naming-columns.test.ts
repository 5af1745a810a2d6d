import './patience.ts'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Visitor } from '@myanm/testing'
import {
  COMPLETE,
  makeOffer,
  openStage,
  PASSAGE,
  type Stage,
  TILLEULS,
  type Typed,
} from './stage.ts'

// Each form of this site, sent with a field for every column there is and for every word a claim, a session
// or a program might believe (yardsticks F42): what it does is what it does without them. The attacker is
// of two organisations and leads in the other one; what they name is theirs to write elsewhere.

/** Marks whatever text was taken from a field nobody asked for. */
const CANARY = 'kanarie-zq9'
const FORM = 'application/x-www-form-urlencoded'

type Field = readonly [name: string, value: string]
type State = 'published' | 'withdrawn' | 'deleted'

const dayIn = (days: number): string => {
  const [year, month, day] = new Date(Date.now() + days * 86_400_000).toISOString().split(/[-T]/)
  return `${day}/${month}/${year}`
}

/** What one types, `experience` included: it is called as its column is, and asked for. */
const TYPED: Typed = { ...COMPLETE, experience: 'Deux ans', limite: dayIn(30) }

/** Each form with what it asks for, and the offer it is for. */
const FORMS: Readonly<Record<string, { readonly of?: State; readonly asks: () => Typed }>> = {
  '/publier/emploi': {
    asks: () => ({ ...TYPED, faire: 'publier', envoi: randomUUID(), organisme: tilleuls() }),
  },
  '/emplois/:address/modifier': {
    of: 'published',
    asks: () => ({ ...TYPED, titre: 'Un titre corrigé', faire: 'enregistrer', version: '1' }),
  },
  '/emplois/:address/publier': { of: 'withdrawn', asks: () => ({ version: '1' }) },
  '/emplois/:address/retirer': { of: 'published', asks: () => ({ version: '1' }) },
  '/emplois/:address/supprimer': { of: 'published', asks: () => ({ version: '1' }) },
  '/emplois/:address/retablir': { of: 'deleted', asks: () => ({ version: '1' }) },
  '/emplois/:address/dupliquer': { of: 'published', asks: () => ({ envoi: randomUUID() }) },
}
const OF_AN_OFFER = Object.keys(FORMS).filter((route) => FORMS[route]?.of)

interface Author {
  readonly visitor: Visitor
  readonly jeton: string
  readonly sub: string
}

let stage: Stage
let began: number
/** Of both organisations: COLLABORATEUR of the one acted for, RESPONSABLE of the other. */
let attacker: Author
/** A colleague in the organisation acted for, and who leads the other one. */
let colleague: Author
let neighbour: Author
let named: readonly Field[]

const tilleuls = () => stage.idp.organisations.get('tilleuls') ?? ''
const passage = () => stage.idp.organisations.get('passage') ?? ''

beforeAll(async () => {
  began = Date.now()
  stage = await openStage()
  attacker = await author('multi', TILLEULS)
  colleague = await author('collegue')
  neighbour = await author('voisin')
  named = await everyName()
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

/** Somebody who has an offer of their own, and the number it was given. */
async function author(login: string, organisation?: string): Promise<Author> {
  const visitor = await stage.signIn(login, organisation)
  const made = await makeOffer(visitor, stage, { limite: dayIn(30) })
  const [row] = await stage.rows<{ sub: string }>(
    'select author_sub as sub from job_offer where number = $1',
    [made.url.pathname.split('__')[1]],
  )
  const jeton = String(made.$('input[name=jeton]').first().attr('value'))
  return { visitor, jeton, sub: String(row?.sub) }
}

/** A field for each column of this site and of MyANM, and for what programs are told and remember. */
async function everyName(): Promise<readonly Field[]> {
  const columns = await stage.rows<{ name: string; type: string }>(
    `select distinct on (column_name) column_name as name, udt_name as type
      from information_schema.columns where table_schema in ('guide_social', 'idp')
      order by column_name, (table_schema = 'idp'), (udt_name = 'text')`,
  )
  if (columns.length < 150) throw new Error('Hardly a column was found')
  const snake = columns.map(({ name, type }): Field => [name, valueOf(name, type)])
  const asCode = snake.map(([name, value]): Field => [camel(name), value])
  const words = Object.entries(BELIEVED()).filter(([name]) => !columns.some((c) => c.name === name))
  const shapes: Field[] = [
    ['__proto__', CANARY],
    ['constructor[prototype][role]', 'GESTIONNAIRE'],
    ['titre[]', CANARY],
    ['content[title]', CANARY],
    ['organisation[id]', passage()],
    ['person.organisation.id', passage()],
    ['actor[role]', 'GESTIONNAIRE'],
    ['org.role', 'GESTIONNAIRE'],
  ]
  return [...new Map([...asCode, ...snake, ...words, ...shapes])]
}

/** What a field of these names would say to whoever believes it. */
const BELIEVED = (): Typed => ({
  ...{ organisation_id: passage(), organisation: passage(), organisation_name: PASSAGE },
  ...{ org: passage(), org_id: passage(), contexte: passage(), left_organisation: TILLEULS },
  ...{ author_sub: neighbour.sub, by_sub: neighbour.sub, sub: neighbour.sub },
  ...{ author: neighbour.sub, account_id: stage.idp.accounts.get('voisin') ?? '' },
  ...{ account: neighbour.sub, person: neighbour.sub, bce: '0314595348' },
  ...{ state: 'draft', standing: 'published', status: 'deleted', as: 'published', what: 'created' },
  ...{ role: 'GESTIONNAIRE', wished_role: 'GESTIONNAIRE', granted_role: 'GESTIONNAIRE' },
  ...{ move: 'remove', intent: 'publish', heldBack: 'false', to_check: 'false', options: CANARY },
  ...{ acr: 'urn:myanm:aal:2', amr: 'mfa', scope: 'openid bilan', client_id: 'bilan' },
  ...{ submission: randomUUID(), slug: CANARY, number: '1001', id: randomUUID() },
  ...{ occupation: 'juriste', contract: 'cdd', regime: 'part-time', posts: '7', pay_per: 'hour' },
  ...{ postcode: '4000', aids: 'ape', apply_url: `https://${CANARY}.example`, _method: 'DELETE' },
})

function valueOf(name: string, type: string): string {
  const believed = BELIEVED()[name]
  if (typeof believed === 'string') return believed
  if (type === 'uuid') return /organisation/.test(name) ? passage() : randomUUID()
  if (type === 'bool') return 'true'
  if (type === 'date') return '2031-05-05'
  if (type.startsWith('timestamp')) return '2031-05-05T05:05:05Z'
  if (/^(int|float|numeric)/.test(type)) return '7'
  return CANARY
}

/** What this form does not ask for: every name, and what other forms of the site ask for. */
function notAskedFor(asked: Typed): readonly Field[] {
  const ofOthers: Typed = {
    ...{ ...TYPED, titre: `Un titre ${CANARY}`, texte: CANARY, faire: 'publier', version: '7' },
    ...{ envoi: randomUUID(), organisme: passage(), partout: 'oui' },
  }
  const all = new Map([...named, ...(Object.entries(ofOthers) as Field[])])
  return [...all].filter(([name]) => !Object.hasOwn(asked, name) && name !== 'jeton')
}

/** What fits into an address: what is believed, as columns and as the code call it. */
const notAskedForInShort = (asked: Typed): readonly Field[] => {
  const believed = Object.keys(BELIEVED())
  const inShort = new Set([...believed, ...believed.map(camel)])
  return notAskedFor(asked).filter(([name]) => inShort.has(name) || /[[.]/.test(name))
}

const camel = (name: string): string =>
  name.replaceAll(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase())

interface Answer {
  readonly status: number
  readonly location: string
  readonly text: string
}

async function send(
  { visitor, jeton }: Author,
  sent: {
    readonly path: string
    readonly fields: readonly Field[]
    readonly query?: readonly Field[]
  },
): Promise<Answer> {
  const url = new URL(sent.path, stage.site)
  url.search = encoded(sent.query ?? [])
  const response = await visitor.request(url, {
    method: 'POST',
    headers: { 'content-type': FORM },
    body: encoded([['jeton', jeton], ...sent.fields]),
  })
  const location = response.headers.get('location') ?? ''
  return { status: response.status, location, text: await response.text() }
}

const encoded = (fields: readonly Field[]): string =>
  new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString()

type Row = Readonly<Record<string, unknown>>

/** Every offer, everything that happened to each, and who is signed in. */
async function everythingHeld(): Promise<ReadonlyMap<string, Row>> {
  const rows = await stage.rows<{ key: string; row: Row }>(
    `select 'offer ' || id as key, to_jsonb(o) - 'search' as row from job_offer o
      union all
      select 'version ' || offer_id || ' ' || version, to_jsonb(v) from job_offer_version v
      union all
      select 'session ' || encode(id, 'hex'), to_jsonb(s) from
        (select id, sub, sid, vouched_at, left_organisation, ends_at from session) s
      order by 1`,
  )
  return new Map(rows.map(({ key, row }) => [key, row]))
}

/** What has changed, in words that are the same each time the same is done with the same offer. */
function changesBetween(before: ReadonlyMap<string, Row>, after: ReadonlyMap<string, Row>): Row[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort()
  return keys.flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)]
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    const how = was === undefined ? 'new' : is === undefined ? 'gone' : 'changed'
    return [{ how, table: key.split(' ')[0], ...inOtherWords(is ?? was ?? {}) }]
  })
}

/** Without the names of what is new, and with what happened during this test as that. */
function inOtherWords(row: Row): Row {
  const told = Object.entries(row).map(([name, value]) => {
    if (['id', 'number', 'submission', 'offer_id'].includes(name)) return [name, 'its own']
    const time = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && Date.parse(value)
    return [name, time && time >= began && time <= Date.now() ? 'now' : value]
  })
  return Object.fromEntries(told)
}

/** An offer as it was first published, by this person, in the state a form needs; its number. */
async function offerOf({ sub }: Author, state: State): Promise<string> {
  const [{ columns } = { columns: '' }] = await stage.rows<{ columns: string }>(
    `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
      where table_schema = 'guide_social' and table_name = 'job_offer' and is_generated = 'NEVER'
        and column_name not in ('id', 'number', 'submission', 'state', 'deleted_at')`,
  )
  const [made] = await stage.rows<{ id: string; number: string }>(
    `insert into job_offer (${columns}, submission, state, deleted_at)
      select ${columns}, gen_random_uuid(), $2::job_offer_state,
        case when $2 = 'deleted' then now() end
      from job_offer where author_sub = $1 and version = 1 order by number limit 1
      returning id, number`,
    [sub, state],
  )
  await stage.rows(
    `insert into job_offer_version (offer_id, version, what, by_sub, at, content)
      select $1, 1, 'published', by_sub, at, content from job_offer_version
      where by_sub = $2 and version = 1 order by at limit 1`,
    [made?.id, sub],
  )
  return String(made?.number)
}

/** Sends a form about a new offer of its author; what it answered and what it changed. */
async function outcomeOf(
  sender: Author,
  form: {
    readonly route: string
    readonly by: Author
    readonly more?: (asked: Typed) => readonly Field[]
    readonly query?: (asked: Typed) => readonly Field[]
  },
) {
  const { route, by, more, query } = form
  const { of, asks } = FORMS[route] ?? {}
  const number = of ? await offerOf(by, of) : ''
  const asked = asks?.() ?? {}
  const before = await everythingHeld()
  const { status, location } = await send(sender, {
    path: route.replace(':address', `x__${number}`),
    fields: [...(more?.(asked) ?? []), ...(Object.entries(asked) as Field[])],
    ...(query && { query: query(asked) }),
  })
  const changes = changesBetween(before, await everythingHeld())
  return { status, to: location.replace(/__\d+/, '__its own'), changes }
}

test('every form of the site is asked here', () => {
  expect([...stage.forms].sort()).toEqual(Object.keys(FORMS).sort())
})

describe('a form that names every column there is (F42)', () => {
  test.each(Object.keys(FORMS))('%s does what it does without them', async (route) => {
    const plain = await outcomeOf(attacker, { route, by: attacker })
    expect(plain.status).toBe(303)
    const offers = plain.changes.filter(({ table }) => table === 'offer')
    expect(offers).toMatchObject([{ organisation_id: tilleuls(), author_sub: attacker.sub }])
    const written = plain.changes.filter(({ table }) => table === 'version')
    expect(written).toMatchObject([{ how: 'new', by_sub: attacker.sub }])

    const withAll = await outcomeOf(attacker, { route, by: attacker, more: notAskedFor })
    expect(withAll).toEqual(plain)
    const inAddress = await outcomeOf(attacker, { route, by: attacker, query: notAskedForInShort })
    expect(inAddress).toEqual(plain)
  })

  test.each(OF_AN_OFFER)('%s opens no offer of a colleague', async (route) => {
    const more = (asked: Typed): readonly Field[] => [
      ...notAskedFor(asked).filter(([name]) => !/sub|author/i.test(name)),
      ...['author_sub', 'authorSub', 'sub', 'author'].map((name): Field => [name, attacker.sub]),
    ]
    // The copy of an offer is one's own: of a colleague's as of any.
    if (route.endsWith('/dupliquer')) {
      const plain = await outcomeOf(attacker, { route, by: colleague })
      expect(await outcomeOf(attacker, { route, by: colleague, more })).toEqual(plain)
      return
    }
    const refused = await outcomeOf(attacker, { route, by: colleague, more })
    expect(refused).toMatchObject({ status: 403, changes: [] })
  })

  test.each(OF_AN_OFFER)('%s opens no offer of another organisation', async (route) => {
    const refused = await outcomeOf(attacker, { route, by: neighbour, more: notAskedFor })
    expect(refused).toMatchObject({ status: 404, changes: [] })
  })

  test('in signing out, ends no session but one’s own', async () => {
    const visitor = await stage.signIn('gestionnaire')
    const page = await visitor.go(new URL('/deconnexion', stage.site))
    const leaving = { visitor, jeton: String(page.$('[name=jeton]').val()), sub: '' }
    const [theirs] = await stage.rows<{ id: string; sid: string; sub: string }>(
      `select encode(id, 'hex') as id, sid, sub from session where sub = $1`,
      [neighbour.sub],
    )
    const before = await everythingHeld()
    const { status } = await send(leaving, {
      path: '/deconnexion',
      fields: [
        ...notAskedFor({ partout: '', ...theirs }),
        ...(Object.entries({ ...theirs, partout: 'non' }) as Field[]),
      ],
    })
    const changes = changesBetween(before, await everythingHeld())
    expect([status, changes.map(({ how, table }) => [how, table])]).toEqual([
      303,
      [['gone', 'session']],
    ])
    expect(changes[0]?.['sub']).not.toBe(neighbour.sub)
  })

  test('leaves nothing of them anywhere, and everybody who they are', async () => {
    const tables = await stage.rows<{ name: string }>(
      `select table_name as name from information_schema.tables
        where table_schema = 'guide_social' and table_type = 'BASE TABLE'`,
    )
    expect(tables.length).toBeGreaterThan(5)
    for (const { name } of tables) {
      const found = await stage.rows(
        `select from ${name} t where position($1 in t::text) > 0 or t::text like '%2031-05-05%'`,
        [CANARY],
      )
      expect([name, found.length]).toEqual([name, 0])
    }
    for (const [{ visitor, sub }, organisation] of [
      [attacker, TILLEULS],
      [colleague, TILLEULS],
      [neighbour, PASSAGE],
    ] as const) {
      const page = await visitor.go(new URL('/mes-annonces', stage.site))
      expect(page.text).toContain(organisation)
      const owners = await stage.rows<{ id: string }>(
        'select distinct organisation_id as id from job_offer where author_sub = $1',
        [sub],
      )
      expect(owners).toEqual([{ id: organisation === PASSAGE ? passage() : tilleuls() }])
    }
  })
})

describe('a form that no browser sends (F37)', () => {
  test.each(Object.keys(FORMS))('%s is refused, and changes nothing', async (route) => {
    const { of, asks } = FORMS[route] ?? {}
    const number = of ? await offerOf(attacker, of) : ''
    const asked = encoded(Object.entries(asks?.() ?? {}) as Field[])
    const sound = `jeton=${encodeURIComponent(attacker.jeton)}&${asked}`
    const twice = [...new URLSearchParams(asked)].map(([name, value]) => [
      `${name} twice`,
      `${sound}&${encoded([[name, value]])}`,
    ])
    const broken: Readonly<Record<string, readonly [body: string, type?: string]>> = {
      'a NUL byte': [`${sound}&titre=a%00b`],
      'a NUL byte in a name': [`${sound}&a%00b=c`],
      'half a character': [`${sound}&x=%ed%a0%80`],
      'bad UTF-8': [`${sound}&x=%ff%fe`],
      'no encoding at all': [`${sound}&x=%zz`],
      'too much': [`${sound}&x=${'x'.repeat(70_000)}`],
      'its token twice': [`${sound}&jeton=${encodeURIComponent(attacker.jeton)}`],
      'its token in an array': [sound.replace('jeton=', 'jeton[]=')],
      json: [JSON.stringify({ jeton: attacker.jeton }), 'application/json'],
      ...Object.fromEntries(twice.map(([name, body]) => [name, [body]])),
    }
    const before = await everythingHeld()
    for (const [what, [body, type = FORM]] of Object.entries(broken)) {
      const response = await attacker.visitor.request(
        new URL(route.replace(':address', `x__${number}`), stage.site),
        { method: 'POST', headers: { 'content-type': type }, body },
      )
      const text = await response.text()
      expect([what, response.status >= 400 && response.status < 500]).toEqual([what, true])
      expect([what, /at .*\.(ts|js):\d+|node_modules|syntax error at/i.test(text)]).toEqual([
        what,
        false,
      ])
    }
    expect(changesBetween(before, await everythingHeld())).toEqual([])
  })
})
