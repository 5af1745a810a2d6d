import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { arrangeState, query, startTestIdp, type TestDatabase, withDatabase } from '@myanm/testing'
import pg from 'pg'

// What holds against every program that writes as the service, also one that takes no lock and follows no
// rule (specification 8.2, 1 to 4; 8.3).

let database: TestDatabase
let accounts: ReadonlyMap<string, string>
const connections: pg.Client[] = []

beforeAll(async () => {
  database = await withDatabase()
  const myanm = await startTestIdp({ database })
  ;({ accounts } = myanm)
  await myanm.stop()
})

afterAll(async () => {
  for (const one of connections) await one.end()
  await database.drop()
})

/** A connection with the rights of the service, or with all of them. */
async function connection(as: 'service' | 'administrator'): Promise<pg.Client> {
  const connectionString = (as === 'service' ? database.urlFor('idp') : database.adminUrl).href
  const client = new pg.Client({ connectionString, options: '-c search_path=idp,public' })
  await client.connect()
  connections.push(client)
  return client
}

const idOf = (key: string): string => accounts.get(key) ?? ''

const refused = (of: pg.Client, statement: string, values: unknown[] = []): Promise<string> =>
  of.query(statement, values).then(
    () => 'allowed',
    (error: { constraint?: string; code?: string }) => error.constraint ?? error.code ?? '',
  )

/** What is looked at when the transaction commits is looked at now, while the other one is still open. */
async function checkedAndCommitted(of: pg.Client): Promise<string> {
  const checked = await refused(of, 'set constraints all immediate')
  const committed = await refused(of, 'commit')
  return checked === 'allowed' ? committed : checked
}

const tilleuls = async (): Promise<string> => {
  const [row] = await query<{ id: string }>(
    database,
    "select id from organisation where name = 'Les Tilleuls ASBL'",
  )
  return row?.id ?? ''
}

const membershipOf = async (key: string): Promise<string> => {
  const [row] = await query<{ id: string }>(
    database,
    `select id from membership where account_id = $1 and organisation_id = $2 and state = 'active'`,
    [idOf(key), await tilleuls()],
  )
  return row?.id ?? ''
}

describe('one GESTIONNAIRE for an active organisation, at every commit', () => {
  test('of two that open it and demote who leads it in the same moment, one is refused', async () => {
    const [one, other] = [await connection('administrator'), await connection('administrator')]
    const [organisation, manager] = [await tilleuls(), await membershipOf('gestionnaire')]
    for (let round = 0; round < 30; round += 1) {
      await query(database, "update organisation set state = 'closed' where id = $1", [
        organisation,
      ])
      await one.query('begin')
      await other.query('begin')
      await one.query("update organisation set state = 'active' where id = $1", [organisation])
      await other.query("update membership set role = 'RESPONSABLE' where id = $1", [manager])
      const outcomes = await Promise.all([checkedAndCommitted(one), checkedAndCommitted(other)])
      expect(outcomes).toContain('exactly_one_manager')
      await query(database, "update membership set role = 'GESTIONNAIRE' where id = $1", [manager])
    }
    await query(database, "update organisation set state = 'active' where id = $1", [organisation])
  })

  test('is counted in our own tables, wherever else the service is told to look', async () => {
    const rows = await query<{ name: string }>(
      database,
      `select p.oid::regprocedure::text as name from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'idp' and p.prorettype = 'trigger'::regtype
          and not coalesce(array_to_string(p.proconfig, ',') ~ 'search_path="?idp', false)`,
    )
    // A migration that adds or replaces a function of a trigger says `set search_path = idp, pg_temp`.
    expect(rows).toEqual([])

    const service = await connection('service')
    await service.query('begin')
    await service.query(
      'create table idp_jobs.organisation as select * from idp.organisation where false',
    )
    await service.query('set local search_path = idp_jobs, idp')
    await service.query("update idp.membership set role = 'RESPONSABLE' where id = $1", [
      await membershipOf('gestionnaire'),
    ])
    expect(await refused(service, 'commit')).toMatch(/exactly_one_manager|membership_has_its_line/)
  })
})

describe('a hand-over', () => {
  const propose = `insert into manager_transfer (organisation_id, from_membership, to_membership)
    values ($1, $2, $3) returning id`
  const proposed = async () => [
    await tilleuls(),
    await membershipOf('gestionnaire'),
    await membershipOf('responsable'),
  ]

  test('stays between the two it was proposed for, and is settled once', async () => {
    const admin = await connection('administrator')
    const { rows } = await admin.query(propose, await proposed())
    const id: string = rows[0].id
    const set = (what: string, values: unknown[] = []) =>
      refused(admin, `update manager_transfer set ${what} where id = $1`, [id, ...values])
    expect(await set('to_membership = $2', [await membershipOf('lecteur')])).toBe(
      'manager_transfer_settled_once',
    )
    expect(await set("state = 'cancelled', settled_at = now()")).toBe('allowed')
    for (const state of ['proposed', 'accepted', 'undone']) {
      expect([state, await set('state = $2, settled_at = null', [state])]).toEqual([
        state,
        'manager_transfer_settled_once',
      ])
    }
  })

  test('begins in no organisation that is closed', async () => {
    const admin = await connection('administrator')
    const given = await proposed()
    await admin.query('begin')
    await admin.query("update organisation set state = 'closed' where id = $1", [given[0]])
    expect(await refused(admin, propose, given)).toBe(
      'manager_transfer_from_manager_to_responsable',
    )
    await admin.query('rollback')
  })

  test.each([
    ['is suspended', "update account set state = 'suspended' where id = $1", 'account'],
    ['is demoted', "update membership set role = 'LECTEUR' where id = $1", 'membership'],
  ])('is never open to somebody who %s in the same moment', async (_what, change, table) => {
    const [one, other] = [await connection('administrator'), await connection('administrator')]
    const given = await proposed()
    const target = table === 'account' ? idOf('responsable') : given[2]
    for (let round = 0; round < 20; round += 1) {
      const sides = [
        async () => {
          await one.query('begin')
          const outcome = await refused(one, propose, given)
          await one.query('commit')
          return outcome
        },
        async () => {
          await other.query('begin')
          await other.query(change, [target])
          return refused(other, 'commit')
        },
      ]
      if (round % 2 === 1) sides.reverse()
      await Promise.all(sides.map((side) => side()))
      const open = await query(
        database,
        "select from manager_transfer where state = 'proposed' and organisation_id = $1",
        [given[0]],
      )
      expect(open).toEqual([])
      await arrangeState(database, idOf('responsable'), 'active')
      await query(database, "update membership set role = 'RESPONSABLE' where id = $1", [given[2]])
    }
  })
})

describe('a membership changes', () => {
  const demote = "update membership set role = 'LECTEUR' where id = $1"
  const line = `insert into journal (event, account_id, organisation_id)
    values ('role-changed', $1, $2)`

  test('with its line in the journal, and not without', async () => {
    const service = await connection('service')
    const membership = await membershipOf('collaborateur')
    expect(await refused(service, demote, [membership])).toBe('membership_has_its_line')
    expect(
      await refused(service, "update membership set state = 'left', until = now() where id = $1", [
        membership,
      ]),
    ).toBe('membership_has_its_line')

    // One of before does not do, nor one about somebody else.
    await service.query(line, [idOf('collaborateur'), await tilleuls()])
    expect(await refused(service, demote, [membership])).toBe('membership_has_its_line')
    await service.query('begin')
    await service.query(line, [idOf('lecteur'), await tilleuls()])
    await service.query(demote, [membership])
    expect(await refused(service, 'commit')).toBe('membership_has_its_line')

    await service.query('begin')
    await service.query(demote, [membership])
    await service.query(line, [idOf('collaborateur'), await tilleuls()])
    expect(await refused(service, 'commit')).toBe('allowed')
  })
})
