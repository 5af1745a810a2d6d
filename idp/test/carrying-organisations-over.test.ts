import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { connect, transact } from '@myanm/database'
import { seedScene } from '@myanm/idp'
import {
  arrange,
  people as cast,
  organisations,
  query,
  type TestDatabase,
  withDatabase,
} from '@myanm/testing'
import { attachLegacy, listLegacyConflicts, settleLegacyConflict } from '../src/legacy/index.ts'
import type { Tables } from '../src/tables.ts'
import { importFile } from './stage/old-accounts.ts'

// Specification M62, M63: the historical account of an organisation is its GESTIONNAIRE.

const HEADING =
  'site;identifiant;login;email;prenom;nom;type_compte;bce;organisme;facturation;modifie_le'
const HERE = ['gestionnaire', 'voisin', 'multi', 'particulier', 'suspendu']
const LILAS = '0400008697'
const ERABLES = '1000000120'
const TILLEULS = '0566988259'

let database: TestDatabase
let people: ReadonlyMap<string, string>

beforeEach(async () => {
  database = await withDatabase()
  const seeded = await seedScene({
    databaseUrl: database.urlFor('idp'),
    organisations: organisations.filter(({ key }) => key === 'tilleuls' || key === 'passage'),
    people: cast.filter(({ key }) => HERE.includes(key)),
    clients: [],
  })
  people = seeded.accounts
})

afterEach(() => database.drop())

interface Said {
  readonly id: string
  readonly email?: string
  readonly type?: string
  readonly bce?: string
  readonly name?: string
  readonly billing?: string
  readonly at?: string
}

const line = ({ id, email = `${id}@exemple.com`, type = '', ...said }: Said): string => {
  const { bce = '', name = '', billing = '', at = '2024-06-30' } = said
  return ['guide-social', id, id, email, 'Anne', 'Dupont', type, bce, name, billing, at].join(';')
}

const bring = (lines: readonly Said[], apply: 'apply' | 'plan-only' = 'apply') =>
  importFile(database, [HEADING, ...lines.map(line), ''].join('\n'), apply)

/** Who is of an organisation, by the name in the old application. */
const teamOf = (bce: string) =>
  query<{ who: string; role: string; state: string }>(
    database,
    `select coalesce(origin.identifier, account.email) as who, membership.role, account.state
      from membership
      join organisation on organisation.id = organisation_id
      join account on account.id = membership.account_id
      left join legacy_identity origin on origin.account_id = account.id
      where organisation.bce = $1 and membership.state = 'active'
      order by membership.role desc, who`,
    [bce],
  )

const organisation = async (bce: string) => {
  const [row] = await query<{ name: string; state: string; to_check: boolean }>(
    database,
    'select name, state, to_check, nonprofit, legal_form, acronym from organisation where bce = $1',
    [bce],
  )
  return row
}

const conflicts = () =>
  query<{ identifier: string; kind: string }>(
    database,
    `select identifier, kind from legacy_conflict where settled_at is null
      order by identifier, kind`,
  )

async function everything(): Promise<string> {
  const tables = ['account', 'organisation', 'membership', 'legacy_conflict', 'journal']
  const rows = await Promise.all(
    tables.map((table) => query(database, `select * from ${table} order by 1, 2`)),
  )
  return JSON.stringify(rows)
}

const register = (bce: string, said: { name: string; form?: string; ceased?: string }) =>
  query(
    database,
    `insert into register_enterprise (number, type, legal_form, names, ceased_on)
      values ($1, 'legal', $2, jsonb_build_object('fr', $3::text), $4)`,
    [bce, said.form ?? '017', said.name, said.ceased ?? null],
  )

describe('an organisation of an old application', () => {
  test('is told before it is made', async () => {
    const before = await everything()
    const { report, places } = await bring(
      [{ id: 'anne', bce: LILAS, name: 'Les Lilas' }],
      'plan-only',
    )
    expect(report.plan).toMatchObject({ organisations: 1, places: 1, conflicts: {} })
    expect(places).toMatchObject([{ line: 2, bce: LILAS, name: 'Les Lilas', outcome: 'manager' }])
    expect(await everything()).toBe(before)
    for (const table of ['legacy_place', 'legacy_organisation']) {
      expect(await query(database, `select * from ${table}`)).toEqual([])
    }
  })

  test('has its historical account for GESTIONNAIRE, before its person has come over', async () => {
    await bring([{ id: 'anne', bce: 'BE 0400.008.697', name: 'Les Lilas' }])
    expect(await organisation(LILAS)).toMatchObject({
      name: 'Les Lilas',
      state: 'active',
      to_check: true,
    })
    expect(await teamOf(LILAS)).toEqual([{ who: 'anne', role: 'GESTIONNAIRE', state: 'legacy' }])
    const journal = await query<{ event: string; details: object }>(
      database,
      `select event, details from journal where organisation_id =
        (select id from organisation where bce = $1) order by id`,
      [LILAS],
    )
    expect(journal).toEqual([
      { event: 'organisation-registered', details: { because: 'legacy-import' } },
      { event: 'membership-added', details: { role: 'GESTIONNAIRE', because: 'legacy-import' } },
    ])
  })

  test('is called as the register calls it, and the team is told of the other name', async () => {
    await register(LILAS, { name: 'Maison des Lilas' })
    await register(ERABLES, { name: 'Les Érables ASBL' })
    await bring([
      { id: 'anne', bce: LILAS, name: 'Ancien nom' },
      { id: 'bob', bce: ERABLES, name: 'LES ERABLES A.S.B.L.' },
    ])
    expect(await organisation(LILAS)).toMatchObject({
      name: 'Maison des Lilas',
      nonprofit: true,
      legal_form: '017',
      // The register has it as active: there is nothing for the team to look at (D13).
      to_check: false,
    })
    expect(await organisation(ERABLES)).toMatchObject({ name: 'Les Érables ASBL' })
    expect(await conflicts()).toEqual([{ identifier: 'anne', kind: 'name-differs' }])
  })

  test('of several accounts is led by the one its invoices went to; the others are RESPONSABLE', async () => {
    await bring([
      { id: 'anne', bce: LILAS, name: 'Les Lilas', at: '2024-01-01' },
      { id: 'bob', bce: LILAS, name: 'Les Lilas', at: '2020-01-01', billing: 'oui' },
      { id: 'chloe', bce: LILAS, name: 'Les Lilas', at: '2023-01-01' },
      { id: 'denis', bce: ERABLES, name: 'Les Érables', at: '2020-01-01' },
      { id: 'elise', bce: ERABLES, name: 'Les Érables', at: '2024-01-01' },
    ])
    expect(await teamOf(LILAS)).toMatchObject([
      { who: 'bob', role: 'GESTIONNAIRE' },
      { who: 'anne', role: 'RESPONSABLE' },
      { who: 'chloe', role: 'RESPONSABLE' },
    ])
    expect(await teamOf(ERABLES)).toMatchObject([
      { who: 'elise', role: 'GESTIONNAIRE' },
      { who: 'denis', role: 'RESPONSABLE' },
    ])
    expect(await conflicts()).toEqual(
      ['anne', 'chloe', 'denis'].map((identifier) => ({ identifier, kind: 'several' })),
    )
  })

  test('named by two lines of one person has them once', async () => {
    await bring([
      { id: 'anne', email: 'anne@exemple.com', bce: LILAS, name: 'Les Lilas', at: '2020-01-01' },
      { id: 'autre', email: 'Anne@exemple.com', bce: LILAS, name: 'Les Lilas' },
    ])
    const team = await query(
      database,
      'select role from membership where account_id in (select account_id from legacy_identity)',
    )
    expect(team).toEqual([{ role: 'GESTIONNAIRE' }])
    expect(await conflicts()).toEqual([])
  })

  test('is not made for an indépendant: the number is their own', async () => {
    await bring([{ id: 'anne', type: 'independant', bce: LILAS, name: 'Anne Dupont' }])
    expect(await organisation(LILAS)).toBeUndefined()
    expect(await conflicts()).toEqual([])
  })

  test('imported again changes nothing, and somebody who has left meanwhile does not come back', async () => {
    const file = [
      { id: 'anne', bce: LILAS, name: 'Les Lilas', billing: 'oui' },
      { id: 'bob', bce: LILAS, name: 'Autre nom' },
      { id: 'chloe', bce: '0400008698', name: 'Sans numéro' },
    ]
    await bring(file)
    const before = await everything()
    const { report } = await bring(file)
    expect(report.plan).toMatchObject({ organisations: 0, places: 0, lines: { unchanged: 3 } })
    expect(await everything()).toBe(before)
    await query(
      database,
      `update membership set state = 'left', until = now() where role = 'RESPONSABLE'
        and account_id = (select account_id from legacy_identity where identifier = 'bob')`,
    )
    await bring(file)
    expect(await teamOf(LILAS)).toMatchObject([{ who: 'anne' }])
  })

  test('named by another old account later has it too, as long as nobody has come over', async () => {
    await bring([{ id: 'anne', bce: LILAS, name: 'Les Lilas' }])
    await bring([{ id: 'bob', bce: LILAS, name: 'Les Lilas' }])
    expect(await teamOf(LILAS)).toMatchObject([
      { who: 'anne', role: 'GESTIONNAIRE' },
      { who: 'bob', role: 'RESPONSABLE' },
    ])
    await arrange(
      database,
      `update account set state = 'active', password_hash = 'x', email_confirmed_at = now()
        where id = (select account_id from legacy_identity where identifier = 'anne')`,
    )
    await bring([{ id: 'chloe', bce: LILAS, name: 'Les Lilas' }])
    expect(await teamOf(LILAS)).toHaveLength(2)
    expect(await conflicts()).toContainEqual({ identifier: 'chloe', kind: 'has-manager' })
  })
})

describe('what an import cannot settle is left to the team', () => {
  test('each with its reason, and its account is there all the same', async () => {
    await register(ERABLES, { name: 'Les Érables', ceased: '2020-01-01' })
    const { report } = await bring([
      { id: 'anne', name: 'Sans numéro' },
      { id: 'bob', bce: '0123456789', name: 'Mauvais numéro' },
      { id: 'chloe', bce: ERABLES, name: 'Les Érables' },
      { id: 'denis', bce: LILAS },
      { id: 'elise', bce: TILLEULS, name: 'Les Tilleuls' },
    ])
    expect(await conflicts()).toEqual([
      { identifier: 'anne', kind: 'no-number' },
      { identifier: 'bob', kind: 'bad-number' },
      { identifier: 'chloe', kind: 'ceased' },
      { identifier: 'denis', kind: 'no-name' },
      { identifier: 'elise', kind: 'has-manager' },
    ])
    expect(report.plan.created).toBe(5)
    expect(report.plan.organisations).toBe(0)
    expect(await teamOf(TILLEULS)).not.toContainEqual(expect.objectContaining({ who: 'elise' }))
  })

  test('is gone when the file is put right, and stays settled once somebody has looked', async () => {
    const file = [
      { id: 'anne', name: 'Les Lilas', bce: '0400008698' },
      { id: 'bob', name: 'Sans numéro' },
    ]
    await bring(file)
    const connection = connect<Tables>({ url: database.urlFor('idp'), name: 'staff', max: 1 })
    try {
      const open = await listLegacyConflicts(connection.db, { after: null, most: 10 })
      expect(open).toMatchObject([
        { kind: 'bad-number', identifier: 'anne', bce: '0400008698', name: 'Les Lilas' },
        { kind: 'no-number', identifier: 'bob' },
      ])
      const by = people.get('gestionnaire') ?? ''
      const id = open[1]?.id ?? ''
      const settle = () => transact(connection.db, (tx) => settleLegacyConflict(tx, { id, by }))
      expect([await settle(), await settle()]).toEqual([true, false])
    } finally {
      await connection.close()
    }
    await bring([
      { ...file[0], id: 'anne', bce: LILAS },
      { id: 'bob', name: 'Sans numéro' },
    ])
    expect(await teamOf(LILAS)).toMatchObject([{ who: 'anne', role: 'GESTIONNAIRE' }])
    expect(await conflicts()).toEqual([])
  })
})

describe('an old account that becomes part of somebody’s own', () => {
  async function attach(identifier: string, into: string): Promise<void> {
    const [old] = await query<{ account_id: string }>(
      database,
      'select account_id from legacy_identity where identifier = $1',
      [identifier],
    )
    const connection = connect<Tables>({ url: database.urlFor('idp'), name: 'attach', max: 1 })
    try {
      const attached = await transact(connection.db, (tx) =>
        attachLegacy(tx, { account: into, legacyAccount: old?.account_id ?? '' }),
      )
      expect(attached).toEqual({ attached: true })
    } finally {
      await connection.close()
    }
  }

  const roleOf = async (account: string, bce: string): Promise<readonly string[]> => {
    const rows = await query<{ role: string }>(
      database,
      `select role from membership join organisation on organisation.id = organisation_id
        where account_id = $1 and bce = $2 and membership.state = 'active'`,
      [account, bce],
    )
    return rows.map(({ role }) => role)
  }

  test('brings its organisation along, led as before', async () => {
    const particulier = people.get('particulier') ?? ''
    await bring([{ id: 'anne', bce: LILAS, name: 'Les Lilas' }])
    await attach('anne', particulier)
    expect(await roleOf(particulier, LILAS)).toEqual(['GESTIONNAIRE'])
  })

  test('is theirs from that moment on, not before, and the journal has both its lines (X6)', async () => {
    const particulier = people.get('particulier') ?? ''
    await bring([{ id: 'anne', bce: LILAS, name: 'Les Lilas' }])
    await query(database, "update membership set since = '2026-01-01', role_since = '2026-01-01'")
    const [old] = await query<{ account_id: string }>(
      database,
      "select account_id from legacy_identity where identifier = 'anne'",
    )
    await attach('anne', particulier)
    const rows = await query<{ isNew: boolean }>(
      database,
      `select m.since > '2026-01-02' and m.role_since > '2026-01-02' as "isNew"
        from membership m join organisation o on o.id = m.organisation_id
        where m.account_id = $1 and o.bce = $2`,
      [particulier, LILAS],
    )
    expect(rows).toEqual([{ isNew: true }])
    const lines = await query<{ event: string; account_id: string }>(
      database,
      "select event, account_id from journal where details ->> 'because' = 'accounts-joined' order by id",
    )
    expect(lines).toEqual([
      { event: 'membership-removed', account_id: old?.account_id },
      { event: 'membership-added', account_id: particulier },
    ])
  })

  test('leaves exactly one GESTIONNAIRE, whichever of the two led', async () => {
    const particulier = people.get('particulier') ?? ''
    await bring([
      { id: 'anne', bce: LILAS, name: 'Les Lilas', billing: 'oui' },
      { id: 'bob', bce: LILAS, name: 'Les Lilas' },
    ])
    await attach('bob', particulier)
    expect(await roleOf(particulier, LILAS)).toEqual(['RESPONSABLE'])
    await attach('anne', particulier)
    expect(await roleOf(particulier, LILAS)).toEqual(['GESTIONNAIRE'])
    const leaders = await query(
      database,
      `select from membership where role = 'GESTIONNAIRE' and state = 'active'
        and organisation_id = (select id from organisation where bce = $1)`,
      [LILAS],
    )
    expect(leaders).toHaveLength(1)
  })

  test('that leads, into one that leads too by another old account: the second of equals goes', async () => {
    const particulier = people.get('particulier') ?? ''
    await bring([
      { id: 'anne', bce: LILAS, name: 'Les Lilas' },
      { id: 'bob', bce: ERABLES, name: 'Les Érables' },
    ])
    await attach('anne', particulier)
    await attach('bob', particulier)
    expect(await roleOf(particulier, LILAS)).toEqual(['GESTIONNAIRE'])
    expect(await roleOf(particulier, ERABLES)).toEqual(['GESTIONNAIRE'])
  })
})
