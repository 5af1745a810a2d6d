import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ACTION_KEYS, ACTIONS, type ActionKey } from '@myanm/permissions'
import {
  arrangeState,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import { HELD } from '../src/retention/map/index.ts'
import { type AsItWas, keepAsItWas } from './stage/as-it-was.ts'
import { CANARY, everyColumn } from './stage/every-column.ts'
import { addressOf, everyForm, everyPage } from './stage/every-form.ts'
import {
  ask,
  expectedOf,
  MEMBERS,
  type Member,
  mayBe,
  type Request,
  type Verdict,
} from './stage/matrix.ts'
import {
  type Asking,
  ORGANISATION_ROUTES,
  type Place,
  type Row,
  type Somebody,
} from './stage/organisation-routes.ts'
import { signsIn, staffSignsIn } from './stage/team.ts'

// Specification 5.3, cell by cell, as people meet it: what MyANM answers each of them at each address, and
// that whoever is refused has changed nothing (yardsticks F41). The table is `stage/organisation-routes.ts`.

/** Who stands in which column. */
const PEOPLE = {
  P: 'particulier',
  I: 'independant',
  L: 'lecteur',
  C: 'collaborateur',
  R: 'responsable',
  G: 'gestionnaire',
} as const
type Person = keyof typeof PEOPLE
const OTHERS = ['P', 'I'] as const

const ROUTES = Object.keys(ORGANISATION_ROUTES)
const rowOf = (route: string): Row => ORGANISATION_ROUTES[route] as Row
const isPage = (route: string): boolean => route.startsWith('GET ')

/** Actions MyANM has a page for that is of nobody's organisation: told apart below. */
const OF_ONESELF = [
  'join.ask',
  'own.preferences',
  'contact.anm',
] as const satisfies readonly ActionKey[]

/** Actions nobody can be asked about here, and why. Each waits for the page that will have it. */
const ELSEWHERE: Partial<Record<ActionKey, string>> = {
  'read.public': 'read on the sites: their own matrix',
  'ad.emploi.publish': 'Guide Social: its own matrix',
  'ad.own': 'Guide Social: its own matrix, but for A',
  'ad.colleague': 'Guide Social: its own matrix, but for A',
  'ad.org.list': 'Guide Social: its own matrix, but for A',
  'read.subscriber': 'no site has articles yet',
  'ad.agenda.publish': 'no site publishes the AGENDA yet',
  'ad.formation.publish': 'no site publishes FORMATIONS yet',
  'ad.petite.self': 'no site publishes petites annonces yet',
  'ad.petite.org': 'no site publishes petites annonces yet',
  'buy.unit': 'nothing is sold yet',
  'buy.major': 'nothing is sold yet',
  'credit.use': 'nothing is sold yet',
  'bill.read': 'nothing is sold yet',
  'org.fiche.publish': 'the Annuaire is not there yet',
  'doc.generate': 'MonASBL has no documents yet',
  'team.private.read': 'nobody may, and no address leads there: asked below',
  'team.invite.resp': 'the same address as team.invite: asked below',
  'cv.own': 'no site keeps CVs yet',
  'cv.read': 'no site keeps CVs yet',
  'forum.post': 'the forum is not there yet',
  'fiche.sweeli': 'Sweeli has no listings yet',
  'ad.stats': 'no site counts yet',
}

/** Cells of the column A that are open in the table and have no page, and why: nobody may take them for done. */
const NO_PAGE_FOR_A: Partial<Record<ActionKey, string>> = {
  'read.subscriber': 'P2: no site has articles yet',
  'ad.own': 'P8: Guide Social has no page where the ANM withdraws an ad',
  'ad.colleague': 'P9: Guide Social has no page where the ANM withdraws an ad',
  'ad.org.list': 'P10: Guide Social has no list of an organisation’s ads for the ANM',
  'org.fiche.publish': 'P16: the Annuaire is not there yet',
  'bill.read': 'P30: nothing is sold yet',
  'cv.read': 'P35: no site keeps CVs yet',
  'forum.post': 'P36: the forum is not there yet',
  'fiche.sweeli': 'P37: Sweeli has no listings yet',
  'ad.stats': 'P39: no site counts yet',
}

let database: TestDatabase
let myanm: TestIdp
let before: AsItWas
let here: string
let foreign: string
let team: readonly { id: string; account_id: string; organisation_id: string }[]
const visitors = new Map<string, { visitor: Visitor; jeton: string }>()

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  here = myanm.organisations.get('tilleuls') ?? ''
  foreign = myanm.organisations.get('passage') ?? ''
  await everybodySignsIn()
  team = await query(database, 'select id, account_id, organisation_id from membership')
  before = await keepAsItWas(database)
})

afterAll(async () => {
  await before.close()
  await myanm.stop()
  await database.drop()
})

/** Anew for each part: what needs a fresh proof of who one is has one, however slow the machine. */
async function everybodySignsIn(): Promise<void> {
  for (const login of [...Object.values(PEOPLE), 'voisin', 'multi']) {
    visitors.set(login, await entered(await signsIn(myanm.issuer, login)))
  }
  visitors.set('staff', await entered(await staffSignsIn(database, myanm.issuer)))
}

async function entered(visitor: Visitor) {
  const { $ } = await visitor.go(new URL('/compte/identite', myanm.issuer))
  return { visitor, jeton: String($('main input[name=jeton]').attr('value') ?? '') }
}

const idOf = (person: Person): string => myanm.accounts.get(PEOPLE[person]) ?? ''

const somebody = (login: string, organisation: string): Somebody => {
  const account = myanm.accounts.get(login) ?? ''
  const found = team.find(
    (row) => row.account_id === account && row.organisation_id === organisation,
  )
  return { account, membership: found?.id ?? NOBODY }
}

const NOBODY = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000'
/** Whoever is asked about joins the scene under its key. */
const stranger = (): string => myanm.accounts.get('candidat') ?? ''

const ownPlace = (): Place => ({
  organisation: here,
  manager: somebody('gestionnaire', here),
  responsable: somebody('responsable', here),
  about: somebody('collegue', here),
  stranger: stranger(),
  version: '1',
  thing: '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001',
})

const foreignPlace = (): Place => ({
  organisation: foreign,
  manager: somebody('voisin', foreign),
  responsable: somebody('multi', foreign),
  about: somebody('multi', foreign),
  stranger: stranger(),
  version: '1',
  thing: '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0002',
})

/** One request to a route, at this place, naming what there is at that one. */
function requestOf(route: string, place: Place, named: Place = place): Request {
  const { query: search = '', fields } = rowOf(route)
  const path = route
    .replace(/^\w+ /, '')
    .replace(':organisme', place.organisation)
    .replace(':membre', named.about.membership)
    .replaceAll(/:\w+/g, named.thing)
  return { path: `${path}${search}`, ...(fields && { fields: fields(named) }) }
}

const askAs = (login: string, request: Request): Promise<Verdict> => {
  const { visitor, jeton } = visitors.get(login) ?? { visitor: new Visitor(), jeton: '' }
  return ask(visitor, { origin: myanm.issuer, jeton, digest: before.digest }, request)
}

const putBack = (): Promise<void> => before.putBack()

/** Everything as it was, and what this route asks about in its place. */
async function ready(
  route: string,
  { places, asking }: { readonly places: readonly Place[]; readonly asking: Asking },
): Promise<void> {
  await putBack()
  const { arranged } = rowOf(route)
  for (const place of arranged ? places : []) await before.arrange(arranged?.(place, asking) ?? '')
}

const asking = (column: Member): Asking => ({ column, ...somebody(PEOPLE[column], here) })

/** Puts each route to somebody; what is answered otherwise than it should be. */
async function surprises(
  login: string,
  put: {
    readonly place: Place
    readonly column: Member
    readonly expected: (route: string) => Verdict
  },
): Promise<unknown[]> {
  const found: unknown[] = []
  for (const route of ROUTES) {
    await ready(route, { places: [put.place], asking: asking(put.column) })
    const verdict = await askAs(login, requestOf(route, put.place))
    if (verdict !== put.expected(route)) found.push([route, verdict, put.expected(route)])
  }
  await putBack()
  return found
}

const cellOf = (route: string, column: Member): Verdict => {
  const { action, answer, but } = rowOf(route)
  const expected = expectedOf(action, { column, isPage: isPage(route) })
  return but?.[column] ?? (answer && mayBe(action, column) ? answer : expected)
}

const ofOrganisations = (routes: readonly string[]) =>
  routes.filter((route) => route.startsWith('/organismes/:organisme'))

describe('the table has every action and every address', () => {
  test('each action is asked here, on a site, or is said to have no page yet', () => {
    const asked = new Set(Object.values(ORGANISATION_ROUTES).map(({ action }) => action))
    const told = [...asked, ...OF_ONESELF, ...Object.keys(ELSEWHERE)].toSorted()
    expect(told).toEqual([...ACTION_KEYS].toSorted())
  })

  test('each address of an organisation has its row, each row its address', () => {
    const known = [
      ...ofOrganisations(everyPage(myanm.idp.services)).map((path) => `GET ${path}`),
      ...ofOrganisations(everyForm(myanm.idp.services)).map((path) => `POST ${path}`),
    ]
    const told = known
      .filter((route) => !ROUTES.includes(route))
      .map(
        (route) =>
          `${route}: add \`'${route}': { action: '…' }\` to ORGANISATION_ROUTES in idp/test/stage/organisation-routes.ts, with \`fields\` that are valid if it is a form, and \`arranged\` for what has to be there`,
      )
    expect(told).toEqual([])
    expect(ROUTES.filter((route) => !known.includes(route))).toEqual([])
    // A form sends something valid, a page nothing.
    expect(ROUTES.filter((route) => isPage(route) === Boolean(rowOf(route).fields))).toEqual([])
  })

  test('whatever names a thing in its address is asked with one of somebody else’s too', () => {
    const naming = ROUTES.filter((route) => /:organisme\/.*:/.test(route))
    expect(naming.filter((route) => !rowOf(route).names)).toEqual([])
  })

  test('each cell of the column A has its page, or is said to have none', () => {
    const open = ACTION_KEYS.filter((key) => mayBe(key, 'A'))
    const told = [...Object.keys(PAGES_OF_A), ...Object.keys(NO_PAGE_FOR_A), 'read.public']
    // Add what is new to PAGES_OF_A with its requests, and take it out of NO_PAGE_FOR_A.
    expect(told.toSorted()).toEqual([...open].toSorted())
  })
})

describe.each(MEMBERS)('%s', (column) => {
  const login = PEOPLE[column]

  beforeAll(everybodySignsIn, 60_000)

  test('of the team: each address as its cell says, and nothing changes where it says no', async () => {
    const expected = (route: string) => cellOf(route, column)
    expect(await surprises(login, { place: ownPlace(), column, expected })).toEqual([])
  }, 120_000)

  test('of another organisation: nothing is there', async () => {
    const place = foreignPlace()
    expect(await surprises(login, { place, column, expected: () => '404' })).toEqual([])
  }, 120_000)

  test('suspended, or leaving: signed out, of the team and of another', async () => {
    for (const state of ['suspended', 'deletion_requested']) {
      for (const place of [ownPlace(), foreignPlace()]) {
        const found = await surprisesWhile(state, { login, place, column })
        expect([state, found]).toEqual([state, []])
      }
    }
  }, 240_000)

  test('of an organisation that is closed: nothing is there any more', async () => {
    const found: unknown[] = []
    for (const route of ROUTES) {
      await ready(route, { places: [ownPlace()], asking: asking(column) })
      await before.arrange(`update organisation set state = 'closed' where id = '${here}'`)
      const verdict = await askAs(login, requestOf(route, ownPlace()))
      if (verdict !== '404') found.push([route, verdict])
    }
    await putBack()
    expect(found).toEqual([])
  }, 120_000)

  test('with what another organisation has, in their own: nothing is there, and nothing changes', async () => {
    const found: unknown[] = []
    const isNo = (verdict: Verdict) => /^(404|E14|mistaken|unmoved|refused 4\d\d)$/.test(verdict)
    for (const route of ROUTES.filter((one) => rowOf(one).names)) {
      const places = [ownPlace(), foreignPlace()]
      await ready(route, { places, asking: asking(column) })
      const verdict = await askAs(login, requestOf(route, ownPlace(), foreignPlace()))
      if (!isNo(verdict)) found.push([route, verdict])
    }
    await putBack()
    expect(found).toEqual([])
  }, 120_000)
})

/** The same while an account is in a state in which nobody is signed in. */
async function surprisesWhile(
  state: string,
  put: { readonly login: string; readonly place: Place; readonly column: Member },
): Promise<unknown[]> {
  const account = myanm.accounts.get(put.login) ?? ''
  const found: unknown[] = []
  for (const route of ROUTES) {
    await ready(route, { places: [put.place], asking: asking(put.column) })
    await before.arrange(
      `update account set state = '${state}', rights_version = rights_version + 1,
          deletion_requested_at = case when '${state}' = 'deletion_requested' then now() end
        where id = '${account}'`,
    )
    const verdict = await askAs(put.login, requestOf(route, put.place))
    if (verdict !== 'sign-in') found.push([route, verdict])
  }
  await putBack()
  return found
}

describe.each(OTHERS)('%s, of no team', (column) => {
  const login = PEOPLE[column]

  test('finds nothing', async () => {
    const put = { place: ownPlace(), column: 'G' as Member, expected: (): Verdict => '404' }
    expect(await surprises(login, put)).toEqual([])
  }, 120_000)

  test('suspended, or leaving: signed out', async () => {
    for (const state of ['suspended', 'deletion_requested']) {
      const found = await surprisesWhile(state, { login, place: ownPlace(), column: 'G' })
      expect([state, found]).toEqual([state, []])
    }
  }, 240_000)
})

test('V signs in first; a form without a page before it is refused', async () => {
  const expected = (route: string): Verdict => (isPage(route) ? 'sign-in' : 'refused 403')
  expect(await surprises('nobody', { place: ownPlace(), column: 'G', expected })).toEqual([])
}, 120_000)

test('A is no member, whatever they may do on pages of their own', async () => {
  const put = { place: ownPlace(), column: 'G' as Member, expected: (): Verdict => '404' }
  expect(await surprises('staff', put)).toEqual([])
}, 120_000)

describe('what a cell says of a part only', () => {
  test('a RESPONSABLE cancels the invitations they sent, a colleague’s only the GESTIONNAIRE (P22)', async () => {
    const route = 'POST /organismes/:organisme/equipe/inviter/:invitation/annuler'
    for (const [login, verdict] of [
      ['responsable', 'E14'],
      ['gestionnaire', 'done'],
    ] as const) {
      const colleague = { column: 'C', ...somebody('collegue', here) } as const
      await ready(route, { places: [ownPlace()], asking: colleague })
      expect([login, await askAs(login, requestOf(route, ownPlace()))]).toEqual([login, verdict])
    }
    await putBack()
  })

  test('only the GESTIONNAIRE invites a RESPONSABLE, nobody a GESTIONNAIRE (P21, E20)', async () => {
    const path = `/organismes/${here}/equipe/inviter`
    const count = async () => {
      const [row] = await query<{ n: number }>(
        database,
        'select count(*)::int as n from invitation',
      )
      return row?.n
    }
    for (const [login, role, made] of [
      ['responsable', 'RESPONSABLE', 0],
      ['responsable', 'GESTIONNAIRE', 0],
      ['gestionnaire', 'GESTIONNAIRE', 0],
      ['gestionnaire', 'RESPONSABLE', 1],
      ['responsable', 'COLLABORATEUR', 1],
    ] as const) {
      await putBack()
      await askAs(login, { path, fields: { email: 'autre@exemple.com', role } })
      expect([login, role, await count()]).toEqual([login, role, made])
    }
  })

  test('a transfer is accepted by the RESPONSABLE it is addressed to (P28)', async () => {
    const route = 'POST /organismes/:organisme/gestionnaire/accepter'
    await ready(route, { places: [ownPlace()], asking: asking('R') })
    const { membership } = somebody('collaborateur', here)
    await before.arrange(`update membership set role = 'RESPONSABLE' where id = '${membership}'`)
    expect(await askAs('collaborateur', requestOf(route, ownPlace()))).toBe('refused 409')
    await putBack()
  })

  test('nobody sees alerts, favourites or CV drafts of a colleague: no address leads there (P19)', async () => {
    const { membership } = somebody('collegue', here)
    for (const rest of ['alertes', 'favoris', 'cv', 'bilan']) {
      const path = `/organismes/${here}/equipe/membres/${membership}/${rest}`
      for (const login of [...Object.values(PEOPLE), 'staff']) {
        expect([path, login, await askAs(login, { path })]).toEqual([path, login, '404'])
      }
    }
  })
})

const REASON = { raison: 'Demandé par son bureau, vérifié par téléphone.' }

/** What the column A opens, whole or in part, and where; what is sent is wrong on purpose where it would need two people. */
const PAGES_OF_A: Partial<
  Record<ActionKey, (place: Place) => readonly (Request & { readonly answer: Verdict })[]>
> = {
  'org.read': () => [
    { path: '/equipe-anm/organismes', answer: 'shown' },
    { path: `/equipe-anm/organismes/${here}`, answer: 'shown' },
  ],
  'team.read': () => [{ path: `/equipe-anm/organismes/${here}`, answer: 'shown' }],
  // Number, legal form and sector only: the rest its people change themselves.
  'org.edit': ({ version }) => [
    { path: `/equipe-anm/organismes/${here}/donnees`, answer: 'shown' },
    {
      path: `/equipe-anm/organismes/${here}/donnees`,
      fields: {
        ...{ numero: '0566.988.259', forme: '017', marchand: 'oui', public: 'non', version },
        ...REASON,
      },
      answer: 'done',
    },
  ],
  'team.invite.cancel': ({ thing }) => [
    { path: `/equipe-anm/organismes/${here}/invitations/${thing}/annuler`, answer: 'shown' },
    {
      path: `/equipe-anm/organismes/${here}/invitations/${thing}/annuler`,
      fields: REASON,
      answer: 'done',
    },
  ],
  'org.journal': () => [
    { path: `/equipe-anm/organismes/${here}/journal`, answer: 'shown' },
    { path: `/equipe-anm/organismes/${here}/journal`, fields: REASON, answer: 'done' },
  ],
  'team.remove': ({ about }) => [
    { path: `/equipe-anm/organismes/${here}/membres/${about.membership}/retirer`, answer: 'shown' },
    {
      path: `/equipe-anm/organismes/${here}/membres/${about.membership}/retirer`,
      fields: { role: 'COLLABORATEUR', ...REASON },
      answer: 'done',
    },
  ],
  'manager.transfer': () => [
    { path: `/equipe-anm/organismes/${here}/nommer`, answer: 'shown' },
    {
      path: `/equipe-anm/organismes/${here}/nommer`,
      fields: { personne: '', ...REASON },
      answer: 'mistaken',
    },
  ],
  'org.close': () => [
    { path: `/equipe-anm/organismes/${here}/fermer`, answer: 'shown' },
    { path: `/equipe-anm/organismes/${here}/fermer`, fields: { raison: '' }, answer: 'mistaken' },
  ],
}

describe('A, on pages of their own', () => {
  const keys = Object.keys(PAGES_OF_A) as ActionKey[]

  beforeAll(everybodySignsIn, 60_000)

  test.each(keys)('%s: the team of the ANM may, and nobody of an organisation', async (key) => {
    for (const request of PAGES_OF_A[key]?.(ownPlace()) ?? []) {
      const { path, answer } = request
      const arranged = 'POST /organismes/:organisme/equipe/inviter/:invitation/annuler'
      await ready(arranged, { places: [ownPlace()], asking: asking('R') })
      expect([path, await askAs('staff', request)]).toEqual([path, answer])
      for (const login of ['gestionnaire', 'responsable', 'lecteur', 'particulier', 'nobody']) {
        if (login === 'nobody' && request.fields) continue
        await putBack()
        const verdict = await askAs(login, request)
        expect([request.path, login, verdict]).toEqual([request.path, login, '404'])
      }
    }
    await putBack()
  })

  test('suspended, the team of the ANM opens nothing either', async () => {
    const account = myanm.accounts.get('staff') ?? ''
    await arrangeState(database, account, 'suspended')
    try {
      for (const path of ['/equipe-anm', `/equipe-anm/organismes/${here}`]) {
        expect([path, await askAs('staff', { path })]).toEqual([path, '404'])
      }
    } finally {
      await arrangeState(database, account, 'active')
    }
  })
})

describe('what one does in one’s own name', () => {
  const everybody = Object.keys(PEOPLE) as Person[]

  test.each(everybody)('%s asks to join another organisation (P25)', async (person) => {
    await putBack()
    expect(ACTIONS['join.ask'].may[person]).toBe('yes')
    const fields = { numero: '0314.595.348' }
    expect(await askAs(PEOPLE[person], { path: '/organismes/rejoindre', fields })).toBe('done')
    const [request] = await query(
      database,
      'select state from join_request where account_id = $1 and organisation_id = $2',
      [idOf(person), foreign],
    )
    expect(request).toEqual({ state: 'pending' })
    await putBack()
  })

  test.each(everybody)('%s has preferences, and writes to the team (P33, P31)', async (person) => {
    expect(await askAs(PEOPLE[person], { path: '/compte/preferences' })).toBe('shown')
    expect(await askAs(PEOPLE[person], { path: '/contact' })).toBe('shown')
  })

  test('V asks nothing in anybody’s name, and may write to the team all the same', async () => {
    for (const path of ['/organismes/rejoindre', '/compte/preferences']) {
      expect([path, await askAs('nobody', { path })]).toEqual([path, 'sign-in'])
    }
    expect(await askAs('nobody', { path: '/contact' })).toBe('shown')
  })
})

describe('every address of an organisation, whichever it is', () => {
  const UNSURE = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000'
  const addressIn = (route: string, organisation: string): string =>
    addressOf(route.replace(':organisme', organisation), UNSURE)

  test('opens to nobody who is not of it: not to its neighbour, not to the team of the ANM', async () => {
    const pages = ofOrganisations(everyPage(myanm.idp.services))
    const forms = ofOrganisations(everyForm(myanm.idp.services))
    expect([pages.length > 5, forms.length > 5]).toEqual([true, true])
    const found: unknown[] = []
    for (const login of ['particulier', 'independant', 'voisin', 'staff']) {
      for (const route of pages) {
        const verdict = await askAs(login, { path: addressIn(route, here) })
        if (verdict !== '404') found.push([login, 'GET', route, verdict])
      }
      for (const route of forms) {
        const verdict = await askAs(login, { path: addressIn(route, here), fields: {} })
        if (verdict !== '404') found.push([login, 'POST', route, verdict])
      }
    }
    expect(found).toEqual([])
  })

  test('sends who is not signed in to sign in', async () => {
    const found: unknown[] = []
    for (const route of ofOrganisations(everyPage(myanm.idp.services))) {
      const verdict = await askAs('nobody', { path: addressIn(route, here) })
      if (verdict !== 'sign-in') found.push([route, verdict])
    }
    expect(found).toEqual([])
  })

  test('that does not exist is refused to whoever leads too', async () => {
    for (const path of [
      '/tout',
      '/equipe/alertes',
      '/equipe/membres/x/cv',
      '/gestionnaire/forcer',
    ]) {
      expect(await askAs('gestionnaire', { path: `/organismes/${here}${path}` })).toBe('404')
      expect(await askAs('gestionnaire', { path: `/organismes/${here}${path}`, fields: {} })).toBe(
        '404',
      )
    }
  })
})

describe('a form that names every column there is (F42)', () => {
  test('of an organisation does what it does without them, and nothing else', async () => {
    const [account, organisation] = [myanm.accounts.get('voisin') ?? '', foreign]
    const named = await everyColumn(database, { account, organisation })
    const found: unknown[] = []
    await everybodySignsIn()
    for (const route of ROUTES.filter((one) => !isPage(one))) {
      const column = MEMBERS.findLast((one) => cellOf(route, one) === 'done') ?? 'G'
      const request = requestOf(route, ownPlace())
      const outcomes: unknown[] = []
      for (const more of [{}, without(named, rowOf(route).takes ?? [])]) {
        await ready(route, { places: [ownPlace()], asking: asking(column) })
        const fields = { ...more, ...request.fields }
        const verdict = await askAs(PEOPLE[column], { ...request, fields })
        outcomes.push({ verdict, changes: await before.changes() })
      }
      const [plain, withAll] = outcomes as { verdict: Verdict; changes: readonly string[] }[]
      const more = withAll?.changes.filter((line) => !plain?.changes.includes(line)) ?? []
      const less = plain?.changes.filter((line) => !withAll?.changes.includes(line)) ?? []
      const verdicts = [plain?.verdict, withAll?.verdict]
      if (more.length + less.length > 0 || verdicts.some((verdict) => verdict !== 'done')) {
        found.push({ route, verdicts, more, less })
      }
    }
    await putBack()
    expect(found).toEqual([])
    for (const table of Object.keys(HELD).filter((one) => one !== 'oidc_artefact')) {
      const rows = await query(
        database,
        `select from ${table} t where position($1 in t::text) > 0 limit 1`,
        [CANARY],
      )
      expect([table, rows.length]).toEqual([table, 0])
    }
  }, 120_000)
})

const without = (fields: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
