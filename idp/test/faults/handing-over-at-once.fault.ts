import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  arrange,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { signsIn } from '../stage/team.ts'

// Yardsticks F25: whatever two people press in the same moment, one of it is done and the rest refused
// plainly; one GESTIONNAIRE leads before, between and after.

const ROUNDS = 50

let database: TestDatabase
let myanm: TestIdp

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
}, 60_000)

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const tilleuls = (): string => myanm.organisations.get('tilleuls') ?? ''
const at = (rest: string): URL => new URL(`/organismes/${tilleuls()}${rest}`, myanm.issuer)

/** Who leads, whose role it is not any more, and no more than that. */
const ROLES = { gestionnaire: 'GESTIONNAIRE', responsable: 'RESPONSABLE', collegue: 'RESPONSABLE' }

/** As it was before the round, past every trigger: who leads, two RESPONSABLES, open accounts. */
async function begin(): Promise<void> {
  await arrange(database, 'delete from manager_transfer')
  for (const login of Object.keys(ROLES)) {
    await arrange(
      database,
      "update account set state = 'active', deletion_requested_at = null where id = $1",
      [idOf(login)],
    )
    await arrange(
      database,
      `update membership set role = 'LECTEUR', state = 'active', until = null
        where organisation_id = $1 and account_id = $2`,
      [tilleuls(), idOf(login)],
    )
  }
  for (const [login, role] of Object.entries(ROLES)) {
    await arrange(
      database,
      `update membership set role = $3::organisation_role
        where organisation_id = $1 and account_id = $2`,
      [tilleuls(), idOf(login), role],
    )
  }
}

const membershipOf = async (login: string): Promise<string> =>
  (
    await query<{ id: string }>(
      database,
      'select id from membership where organisation_id = $1 and account_id = $2',
      [tilleuls(), idOf(login)],
    )
  )[0]?.id ?? ''

/** Somebody at a screen, with the token of the forms in front of them. */
async function atScreen(login: string): Promise<(url: URL, fields?: object) => Promise<string>> {
  const visitor: Visitor = await signsIn(myanm.issuer, login)
  const page = await visitor.go(new URL('/compte/identite', myanm.issuer))
  const jeton = String(page.$('input[name=jeton]').attr('value'))
  return async (url, fields = {}) => {
    const { status, headers } = await visitor.request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: myanm.issuer.origin,
      },
      body: new URLSearchParams({ jeton, ...fields }).toString(),
    })
    // Signed out by what came first: asked to sign in again, which is no more than a refusal.
    if (/^\/(authorize|connexion)/.test(headers.get('location') ?? '')) return 'asked to sign in'
    return status === 303 ? 'done' : `refused ${status}`
  }
}

interface Now {
  readonly leads: string[]
  readonly open: number
}

async function now(): Promise<Now> {
  const [row] = await query<{ leads: string[] | null; open: number }>(
    database,
    `select array(select login from membership join account on account.id = account_id
        where organisation_id = $1 and membership.state = 'active' and role = 'GESTIONNAIRE') as leads,
      (select count(*)::int from manager_transfer where state = 'proposed') as open`,
    [tilleuls()],
  )
  return { leads: row?.leads ?? [], open: row?.open ?? 0 }
}

type Press = (url: URL, fields?: object) => Promise<string>

interface Rival {
  /** What is pressed while the RESPONSABLE accepts: by who leads, or by the RESPONSABLE elsewhere. */
  readonly press: (screens: { readonly manager: Press; readonly target: Press }) => Promise<string>
  /** What is answered to who accepts when this came first, and to this when accepting did. */
  readonly acceptingLoses: string
  readonly losesToAccepting: string
  /** Who presses it is signed out by it. */
  readonly signsOut?: true
}

const member = async (): Promise<string> => `/equipe/membres/${await membershipOf('responsable')}`

/** Who leads is refused as a RESPONSABLE is (E14); who leads now hands over before they go (E16). */
const RIVALS: Readonly<Record<string, Rival>> = {
  'being demoted': {
    press: async ({ manager }) =>
      manager(at(`${await member()}/role`), { role: 'LECTEUR', vu: 'RESPONSABLE' }),
    acceptingLoses: 'refused 403|refused 409',
    losesToAccepting: 'refused 403',
  },
  'being removed': {
    press: async ({ manager }) => manager(at(`${await member()}/retirer`), { vu: 'RESPONSABLE' }),
    acceptingLoses: 'refused 404|refused 409',
    losesToAccepting: 'refused 403',
  },
  leaving: {
    press: ({ target }) => target(at('/quitter')),
    acceptingLoses: 'refused 404|refused 409',
    losesToAccepting: 'refused 409',
  },
  'being deleted': {
    press: ({ target }) =>
      target(new URL('/compte/donnees/suppression', myanm.issuer), { compris: 'oui' }),
    acceptingLoses: 'asked to sign in|refused 409',
    losesToAccepting: 'refused 409',
    signsOut: true,
  },
  'being taken back': {
    press: async ({ manager }) =>
      manager(at('/gestionnaire/annuler'), { proposition: await proposition() }),
    acceptingLoses: 'refused 409',
    losesToAccepting: 'refused 403|refused 409',
  },
}

/** A proposal that waits for its answer, as the RESPONSABLE sees it. */
async function proposedBy(manager: Press): Promise<{ readonly proposition: string }> {
  expect(await manager(at('/gestionnaire/transferer'), { personne: idOf('responsable') })).toBe(
    'done',
  )
  return { proposition: await proposition() }
}

async function proposition(): Promise<string> {
  const [open] = await query<{ id: string }>(database, 'select id from manager_transfer')
  return String(open?.id)
}

test('fifty rounds of two proposals at once: one is made, the other is told so (E18)', async () => {
  const screens = [await atScreen('gestionnaire'), await atScreen('gestionnaire')]
  for (let round = 0; round < ROUNDS; round += 1) {
    await begin()
    const answers = await Promise.all([
      screens[0]?.(at('/gestionnaire/transferer'), { personne: idOf('responsable') }) ?? '',
      screens[1]?.(at('/gestionnaire/transferer'), { personne: idOf('collegue') }) ?? '',
    ])
    expect([...answers].sort()).toEqual(['done', 'refused 409'])
    expect(await now()).toEqual({ leads: ['gestionnaire'], open: 1 })
  }
}, 300_000)

test.each(Object.keys(RIVALS))(
  'fifty rounds of accepting against %s: one of it is done, the other is told why not',
  async (name) => {
    const rival = RIVALS[name] as Rival
    const [manager, accepts] = [await atScreen('gestionnaire'), await atScreen('responsable')]
    const counted = new Map<string, number>()
    let screen = { accepts, elsewhere: await atScreen('responsable') }
    for (let round = 0; round < ROUNDS; round += 1) {
      await begin()
      const accept = await proposedBy(manager)
      const accepting = () => screen.accepts(at('/gestionnaire/accepter'), accept)
      const other = () => rival.press({ manager, target: screen.elsewhere })
      // Now one begins, now the other.
      const isFirst = round % 2 === 0
      const pair = await Promise.all(
        (isFirst ? [accepting, other] : [other, accepting]).map((press) => press()),
      )
      const [accepted = '', rivalled = ''] = isFirst ? pair : [pair[1], pair[0]]
      const isAccepted = accepted === 'done'
      const [loser, expected] = isAccepted
        ? [rivalled, rival.losesToAccepting]
        : [accepted, rival.acceptingLoses]
      expect([name, round, isAccepted || rivalled, loser]).toEqual([
        ...[name, round, isAccepted || 'done'],
        expect.stringMatching(`^(${expected})$`),
      ])
      const leads = isAccepted ? 'responsable' : 'gestionnaire'
      expect([name, await now()]).toEqual([name, { leads: [leads], open: 0 }])
      const key = `${isAccepted ? 'accepted, the other' : 'not accepted:'} ${loser}`
      counted.set(key, (counted.get(key) ?? 0) + 1)
      if (rival.signsOut && !isAccepted) {
        await begin()
        screen = {
          accepts: await atScreen('responsable'),
          elsewhere: await atScreen('responsable'),
        }
      }
    }
    process.stdout.write(`${name}: ${JSON.stringify(Object.fromEntries(counted))}\n`)
  },
  120_000,
)

test('fifty rounds of accepting in two browsers at once: accepted once, the other is told (409)', async () => {
  const manager = await atScreen('gestionnaire')
  const screens = [await atScreen('responsable'), await atScreen('responsable')]
  const accepted = async () =>
    (await query(database, "select from journal where event = 'transfer-accepted'")).length
  const before = await accepted()
  for (let round = 0; round < ROUNDS; round += 1) {
    await begin()
    const accept = await proposedBy(manager)
    const answers = await Promise.all(
      screens.map((press) => press(at('/gestionnaire/accepter'), accept)),
    )
    // Whoever comes after the other is read leads already, and is no RESPONSABLE any more (E14).
    expect([round, [...answers].sort()]).toEqual([
      round,
      ['done', expect.stringMatching(/^refused (403|409)$/)],
    ])
    expect(await now()).toEqual({ leads: ['responsable'], open: 0 })
    expect((await accepted()) - before).toBe(round + 1)
  }
}, 120_000)

test('fifty rounds of two who undo and hand on at once: one of it is done', async () => {
  const [former, leads] = [await atScreen('gestionnaire'), await atScreen('responsable')]
  for (let round = 0; round < ROUNDS; round += 1) {
    await begin()
    await former(at('/gestionnaire/transferer'), { personne: idOf('responsable') })
    const [open] = await query<{ id: string }>(database, 'select id from manager_transfer')
    const which = { proposition: String(open?.id) }
    expect(await leads(at('/gestionnaire/accepter'), which)).toBe('done')
    const undo = (press: typeof former) => press(at('/gestionnaire/defaire'), which)
    const answers = await Promise.all([undo(former), undo(leads)])
    expect([...answers].sort()).toEqual(['done', 'refused 409'])
    expect(await now()).toEqual({ leads: ['gestionnaire'], open: 0 })
  }
}, 300_000)
