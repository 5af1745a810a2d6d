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
    if (/^\/(authorize|connexion)/.test(headers.get('location') ?? '')) return 'refused 401'
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

/** What was answered; nothing may be an accident. */
function plainly(answers: readonly string[]): void {
  for (const answer of answers) expect(answer).toMatch(/^(done|refused (401|403|404|409|422))$/)
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

test('fifty rounds of accepting against being demoted, removed, leaving, being deleted, taken back', async () => {
  const counted = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round += 1) {
    await begin()
    // Who asked to be deleted in the round before was signed out.
    const [manager, target] = [await atScreen('gestionnaire'), await atScreen('responsable')]
    await manager(at('/gestionnaire/transferer'), { personne: idOf('responsable') })
    const [open] = await query<{ id: string }>(database, 'select id from manager_transfer')
    const accept = { proposition: String(open?.id) }
    const member = `/equipe/membres/${await membershipOf('responsable')}`
    const against = {
      demote: () => manager(at(`${member}/role`), { role: 'LECTEUR', vu: 'RESPONSABLE' }),
      remove: () => manager(at(`${member}/retirer`), { vu: 'RESPONSABLE' }),
      leave: () => target(at('/quitter')),
      delete: () =>
        target(new URL('/compte/donnees/suppression', myanm.issuer), { compris: 'oui' }),
      cancel: () => manager(at('/gestionnaire/annuler')),
    }
    const names = Object.keys(against) as (keyof typeof against)[]
    const name = names[round % names.length] ?? 'cancel'
    const accepting = () => target(at('/gestionnaire/accepter'), accept)
    // Now one begins, now the other.
    const pair = round % 2 === 0 ? [accepting, against[name]] : [against[name], accepting]
    const answers = await Promise.all(pair.map((press) => press()))
    const [accepted = '', other = ''] = round % 2 === 0 ? answers : [...answers].reverse()
    plainly(answers)
    expect([name, answers.filter((answer) => answer === 'done').length]).toEqual([name, 1])
    const leads = accepted === 'done' ? 'responsable' : 'gestionnaire'
    expect([name, await now()]).toEqual([name, { leads: [leads], open: 0 }])
    const key = `${name}: ${accepted === 'done' ? 'accepted' : other}`
    counted.set(key, (counted.get(key) ?? 0) + 1)
  }
  process.stdout.write(`${ROUNDS} rounds: ${JSON.stringify(Object.fromEntries(counted))}\n`)
}, 600_000)

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
