import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ACTION_KEYS, ACTIONS, type ActionKey } from '@myanm/permissions'
import {
  arrange,
  arrangeState,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import { HELD } from '../src/retention/map/index.ts'
import { addressOf, everyForm, everyPage } from './stage/every-form.ts'
import {
  ask,
  expectedOf,
  MEMBERS,
  type Member,
  type Request,
  type Verdict,
} from './stage/matrix.ts'
import { signsIn, staffSignsIn } from './stage/team.ts'

// Specification 5.3, cell by cell, as people meet it: what MyANM answers each of them (yardsticks F41).

/** Who stands in which column, and who of them leads or serves another organisation. */
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

/** What a probe may name: things of the organisation it is put to. */
interface Place {
  /** Identifier of the organisation acted for. */
  readonly organisation: string
  /** Somebody of the team whom it is about. */
  readonly membership: string
  readonly account: string
}

interface Probe {
  /** The routes it goes to, as the application knows them. */
  readonly routes: readonly string[]
  /** Requests of somebody who may do the whole of it. */
  readonly requests: (place: Place) => readonly Request[]
  /** What has to be there first, for the person of this column. */
  readonly arranged?: (place: Place, column: Member) => Promise<void>
}

const base = ({ organisation }: Place) => `/organismes/${organisation}`
const page = (path: string): Probe => ({
  routes: [`/organismes/:organisme${path}`],
  requests: (place) => [{ path: `${base(place)}${path}` }],
})

const REQUEST = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001'
const INVITATION = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0002'
const TRANSFER = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0003'

/** One way to each action: the pages, and what they send. */
const PROBES: Partial<Record<ActionKey, Probe>> = {
  'org.read': {
    routes: ['/organismes/:organisme', '/organismes/:organisme/donnees'],
    requests: (place) => [{ path: base(place) }, { path: `${base(place)}/donnees` }],
  },
  'org.edit': {
    routes: [
      '/organismes/:organisme/donnees/modifier',
      '/organismes/:organisme/donnees/facturation',
    ],
    // What is typed is wrong on purpose: who may is told so, who may not never gets that far.
    requests: (place) => [
      { path: `${base(place)}/donnees/modifier` },
      { path: `${base(place)}/donnees/modifier`, fields: { nom: '' } },
      { path: `${base(place)}/donnees/facturation` },
      { path: `${base(place)}/donnees/facturation`, fields: { courriel: 'nulle part' } },
    ],
  },
  'team.read': page('/equipe'),
  'team.invite': {
    routes: ['/organismes/:organisme/equipe/inviter'],
    requests: (place) => [
      { path: `${base(place)}/equipe/inviter` },
      {
        path: `${base(place)}/equipe/inviter`,
        fields: { email: 'nouvelle@exemple.com', role: 'LECTEUR' },
      },
    ],
  },
  'team.invite.cancel': {
    routes: [
      '/organismes/:organisme/equipe/inviter/:invitation',
      '/organismes/:organisme/equipe/inviter/:invitation/annuler',
    ],
    arranged: ({ organisation }, column) => invited(organisation, PEOPLE[column]),
    requests: (place) => [
      { path: `${base(place)}/equipe/inviter/${INVITATION}` },
      { path: `${base(place)}/equipe/inviter/${INVITATION}/annuler`, fields: {} },
    ],
  },
  'team.role': {
    routes: [
      '/organismes/:organisme/equipe/membres/:membre',
      '/organismes/:organisme/equipe/membres/:membre/role',
    ],
    requests: (place) => [
      { path: `${base(place)}/equipe/membres/${place.membership}` },
      { path: `${base(place)}/equipe/membres/${place.membership}/role?role=LECTEUR` },
      {
        path: `${base(place)}/equipe/membres/${place.membership}/role`,
        fields: { role: 'LECTEUR', vu: 'COLLABORATEUR' },
      },
    ],
  },
  'team.remove': {
    routes: ['/organismes/:organisme/equipe/membres/:membre/retirer'],
    requests: (place) => [
      { path: `${base(place)}/equipe/membres/${place.membership}/retirer` },
      {
        path: `${base(place)}/equipe/membres/${place.membership}/retirer`,
        fields: { vu: 'COLLABORATEUR' },
      },
    ],
  },
  'join.decide': {
    routes: [
      '/organismes/:organisme/equipe/demandes',
      '/organismes/:organisme/equipe/demandes/:requestId',
    ],
    arranged: ({ organisation }) => asked(organisation),
    requests: (place) => [
      { path: `${base(place)}/equipe/demandes` },
      { path: `${base(place)}/equipe/demandes/${REQUEST}`, fields: { decision: 'LECTEUR' } },
    ],
  },
  'manager.transfer': {
    routes: ['/organismes/:organisme/gestionnaire/transferer'],
    requests: (place) => [
      { path: `${base(place)}/gestionnaire/transferer` },
      { path: `${base(place)}/gestionnaire/transferer`, fields: { personne: idOf('R') } },
    ],
  },
  'manager.accept': {
    routes: ['/organismes/:organisme/gestionnaire/accepter'],
    arranged: ({ organisation }) => proposed(organisation),
    requests: (place) => [
      { path: `${base(place)}/gestionnaire/accepter` },
      { path: `${base(place)}/gestionnaire/accepter`, fields: { proposition: TRANSFER } },
    ],
  },
  'org.leave': {
    routes: ['/organismes/:organisme/quitter'],
    requests: (place) => [
      { path: `${base(place)}/quitter` },
      { path: `${base(place)}/quitter`, fields: {} },
    ],
  },
  'org.close': {
    routes: ['/organismes/:organisme/fermeture'],
    requests: (place) => [
      { path: `${base(place)}/fermeture` },
      { path: `${base(place)}/fermeture`, fields: { raison: 'Notre association est dissoute.' } },
    ],
  },
  'org.journal': page('/journal'),
}

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
  'ad.own': 'Guide Social: its own matrix',
  'ad.colleague': 'Guide Social: its own matrix',
  'ad.org.list': 'Guide Social: its own matrix',
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

let database: TestDatabase
let myanm: TestIdp
let here: string
let foreign: string
let team: readonly Record<string, unknown>[]
const visitors = new Map<string, { visitor: Visitor; jeton: string }>()

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  here = myanm.organisations.get('tilleuls') ?? ''
  foreign = myanm.organisations.get('passage') ?? ''
  for (const login of [...Object.values(PEOPLE), 'voisin', 'multi']) {
    visitors.set(login, await entered(await signsIn(myanm.issuer, login)))
  }
  visitors.set('staff', await entered(await staffSignsIn(database, myanm.issuer)))
  team = await query(database, 'select * from membership')
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

async function entered(visitor: Visitor) {
  const { $ } = await visitor.go(new URL('/compte/identite', myanm.issuer))
  return { visitor, jeton: String($('main input[name=jeton]').attr('value') ?? '') }
}

const idOf = (person: Person): string => myanm.accounts.get(PEOPLE[person]) ?? ''

const placeOf = (organisation: string, about: string): Place => {
  const account = myanm.accounts.get(about) ?? ''
  const membership = team.find((row) => row['account_id'] === account)?.['id']
  return { organisation, account, membership: String(membership) }
}

const askAs = (login: string, request: Request): Promise<Verdict> => {
  const { visitor, jeton } = visitors.get(login) ?? { visitor: new Visitor(), jeton: '' }
  return ask(visitor, { origin: myanm.issuer, jeton }, request)
}

/** Everything as it was, whatever the last one was allowed to do. */
async function putBack(): Promise<void> {
  // One leads at a time: nobody, before it is the one from before.
  await arrange(database, "update membership set role = 'LECTEUR' where role = 'GESTIONNAIRE'")
  await arrange(
    database,
    `with was as (select * from jsonb_populate_recordset(null::membership, $1::jsonb)),
      transfers as (delete from manager_transfer),
      requests as (delete from join_request),
      invitations as (delete from invitation),
      newcomers as (delete from membership where id not in (select id from was))
      update membership m set role = was.role, state = was.state, until = was.until,
          ends_on = was.ends_on
        from was where was.id = m.id`,
    [JSON.stringify(team)],
  )
}

async function invited(organisation: string, by: string): Promise<void> {
  await arrange(
    database,
    `insert into invitation (id, organisation_id, email, role, invited_by)
      values ($1, $2, 'attendue@exemple.com', 'LECTEUR', $3)`,
    [INVITATION, organisation, myanm.accounts.get(by)],
  )
}

async function asked(organisation: string): Promise<void> {
  await arrange(
    database,
    'insert into join_request (id, organisation_id, account_id) values ($1, $2, $3)',
    [REQUEST, organisation, idOf('P')],
  )
}

async function proposed(organisation: string): Promise<void> {
  const of = (account: string) => team.find((row) => row['account_id'] === account)?.['id']
  await arrange(
    database,
    `insert into manager_transfer (id, organisation_id, from_membership, to_membership)
      values ($1, $2, $3, $4)`,
    [TRANSFER, organisation, of(idOf('G')), of(idOf('R'))],
  )
}

const routesOfOrganisations = (routes: readonly string[]) =>
  routes.filter((route) => route.startsWith('/organismes/:organisme'))

const KEYS = ACTION_KEYS.filter((key) => PROBES[key])

describe('the table has every action', () => {
  test('each is asked here, on a site, or is said to have no page yet', () => {
    const told = [...KEYS, ...OF_ONESELF, ...Object.keys(ELSEWHERE)].toSorted()
    expect(told).toEqual([...ACTION_KEYS].toSorted())
  })

  test('each probe goes where a route is', () => {
    const known = new Set([...everyForm(myanm.idp.services), ...everyPage(myanm.idp.services)])
    const missing = KEYS.flatMap((key) => PROBES[key]?.routes ?? []).filter(
      (one) => !known.has(one),
    )
    expect(missing).toEqual([])
  })
})

describe.each(KEYS)('%s', (key) => {
  const probe = PROBES[key] as Probe
  const about = 'collegue'

  async function everyVerdict(
    login: string,
    { place, column }: { readonly place: Place; readonly column: Member },
  ): Promise<readonly Verdict[]> {
    const verdicts: Verdict[] = []
    for (const request of probe.requests(place)) {
      await putBack()
      await probe.arranged?.(place, column)
      verdicts.push(await askAs(login, request))
    }
    return verdicts
  }

  const all = (verdict: Verdict): readonly Verdict[] =>
    probe.requests(placeOf(here, about)).map(() => verdict)

  test.each(MEMBERS)('%s, of the team: as its cell says', async (column) => {
    const place = placeOf(here, about)
    const verdicts = await everyVerdict(PEOPLE[column], { place, column })
    expect([column, verdicts]).toEqual([column, all(expectedOf(key, column))])
  })

  test.each(MEMBERS)('%s, of another organisation: nothing is there', async (column) => {
    // The same person asks about an organisation they are not of.
    const place = { ...placeOf(foreign, 'voisin'), organisation: foreign }
    const verdicts = await everyVerdict(PEOPLE[column], { place, column })
    expect([column, verdicts]).toEqual([column, all('404')])
  })

  test.each(OTHERS)('%s, of no team: nothing is there', async (column) => {
    const place = placeOf(here, about)
    const verdicts = await everyVerdict(PEOPLE[column], { place, column: 'G' })
    expect([column, verdicts]).toEqual([column, all('404')])
  })

  test('V signs in first', async () => {
    await putBack()
    const [first] = probe.requests(placeOf(here, about))
    expect(first && (await askAs('nobody', first))).toBe('sign-in')
  })

  test('A is no member, whatever they may do on pages of their own', async () => {
    const place = placeOf(here, about)
    expect(await everyVerdict('staff', { place, column: 'G' })).toEqual(all('404'))
  })

  test.each(MEMBERS)('%s, suspended: signed out', async (column) => {
    const account = idOf(column)
    await arrangeState(database, account, 'suspended')
    try {
      const place = placeOf(here, about)
      const verdicts = await everyVerdict(PEOPLE[column], { place, column })
      expect([column, verdicts]).toEqual([column, all('sign-in')])
    } finally {
      await arrangeState(database, account, 'active')
    }
  })
})

describe('what a cell says of a part only', () => {
  test('a RESPONSABLE cancels the invitations they sent, a colleague’s only the GESTIONNAIRE (P22)', async () => {
    const place = placeOf(here, 'collegue')
    const path = `${base(place)}/equipe/inviter/${INVITATION}/annuler`
    for (const [login, verdict] of [
      ['responsable', 'E14'],
      ['gestionnaire', 'allowed'],
    ] as const) {
      await putBack()
      await invited(here, 'collegue')
      expect([login, await askAs(login, { path, fields: {} })]).toEqual([login, verdict])
    }
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
    await putBack()
    await proposed(here)
    await arrange(database, 'update membership set role = $1 where account_id = $2', [
      'RESPONSABLE',
      idOf('C'),
    ])
    const path = `/organismes/${here}/gestionnaire/accepter`
    const verdict = await askAs('collaborateur', { path, fields: { proposition: TRANSFER } })
    expect(verdict).toBe('refused')
    await putBack()
  })
})

describe('A, on pages of their own', () => {
  const REASON = { raison: 'Demandé par son bureau, vérifié par téléphone.' }

  /** What the column A opens, whole or in part, and where. */
  const PAGES: Partial<Record<ActionKey, (place: Place) => readonly Request[]>> = {
    'org.read': () => [
      { path: '/equipe-anm/organismes' },
      { path: `/equipe-anm/organismes/${here}` },
    ],
    'team.read': () => [{ path: `/equipe-anm/organismes/${here}` }],
    'team.remove': ({ membership }) => [
      { path: `/equipe-anm/organismes/${here}/membres/${membership}/retirer` },
      {
        path: `/equipe-anm/organismes/${here}/membres/${membership}/retirer`,
        fields: { role: 'COLLABORATEUR', ...REASON },
      },
    ],
    'manager.transfer': () => [
      { path: `/equipe-anm/organismes/${here}/nommer` },
      { path: `/equipe-anm/organismes/${here}/nommer`, fields: { personne: '', ...REASON } },
    ],
    'org.close': () => [
      { path: `/equipe-anm/organismes/${here}/fermer` },
      { path: `/equipe-anm/organismes/${here}/fermer`, fields: { raison: '' } },
    ],
  }
  const keys = Object.keys(PAGES) as ActionKey[]

  test.each(keys)('%s: the team of the ANM may, and nobody of an organisation', async (key) => {
    expect(ACTIONS[key].may.A).not.toBe('no')
    const place = placeOf(here, 'collegue')
    for (const request of PAGES[key]?.(place) ?? []) {
      await putBack()
      expect([request.path, await askAs('staff', request)]).toEqual([request.path, 'allowed'])
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
    expect(await askAs(PEOPLE[person], { path: '/organismes/rejoindre', fields })).toBe('allowed')
    const [request] = await query(
      database,
      'select state from join_request where account_id = $1 and organisation_id = $2',
      [idOf(person), foreign],
    )
    expect(request).toEqual({ state: 'pending' })
    await putBack()
  })

  test.each(everybody)('%s has preferences, and writes to the team (P33, P31)', async (person) => {
    expect(await askAs(PEOPLE[person], { path: '/compte/preferences' })).toBe('allowed')
    expect(await askAs(PEOPLE[person], { path: '/contact' })).toBe('allowed')
  })

  test('V asks nothing in anybody’s name, and may write to the team all the same', async () => {
    for (const path of ['/organismes/rejoindre', '/compte/preferences']) {
      expect([path, await askAs('nobody', { path })]).toEqual([path, 'sign-in'])
    }
    expect(await askAs('nobody', { path: '/contact' })).toBe('allowed')
  })
})

describe('every address of an organisation, whichever it is', () => {
  const UNSURE = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000'
  const addressIn = (route: string, organisation: string): string =>
    addressOf(route.replace(':organisme', organisation), UNSURE)

  test('opens to nobody who is not of it: not to its neighbour, not to the team of the ANM', async () => {
    const pages = routesOfOrganisations(everyPage(myanm.idp.services))
    const forms = routesOfOrganisations(everyForm(myanm.idp.services))
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
    for (const route of routesOfOrganisations(everyPage(myanm.idp.services))) {
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

test('a form of an organisation that names every column there is writes none of them (F42)', async () => {
  const canary = 'kanarie-zq9'
  const columns = await query<{ name: string }>(
    database,
    "select distinct column_name as name from information_schema.columns where table_schema = 'idp'",
  )
  const named = Object.fromEntries(columns.map(({ name }) => [name, canary]))
  const place = placeOf(here, 'collegue')
  const may: unknown[] = []
  for (const key of KEYS) {
    const login = key === 'manager.accept' || key === 'org.leave' ? 'responsable' : 'gestionnaire'
    for (const { path, fields } of PROBES[key]?.requests(place) ?? []) {
      if (!fields) continue
      await putBack()
      await PROBES[key]?.arranged?.(place, 'G')
      may.push([path, await askAs(login, { path, fields: { ...named, ...fields } })])
    }
  }
  expect(may.every((one) => (one as string[])[1] === 'allowed')).toBe(true)
  const other = routesOfOrganisations(everyForm(myanm.idp.services))
  for (const route of other) {
    const path = route
      .replace(':organisme', here)
      .replace(':membre', place.membership)
      .replaceAll(/:\w+/g, INVITATION)
    await putBack()
    await invited(here, 'gestionnaire')
    await askAs('gestionnaire', { path, fields: named })
  }
  for (const table of Object.keys(HELD).filter((one) => one !== 'oidc_artefact')) {
    const rows = await query(
      database,
      `select from ${table} t where position($1 in t::text) > 0 limit 1`,
      [canary],
    )
    expect([table, rows.length]).toEqual([table, 0])
  }
  await putBack()
}, 120_000)
