import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrange,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  withDatabase,
} from '@myanm/testing'
import pg from 'pg'
import { EVERY_COLUMN, HELD } from '../src/retention/map/index.ts'
import type { Entry, Length } from '../src/retention/rules.ts'
import { plant } from './stage/plant.ts'
import { until } from './stage/until.ts'

let database: TestDatabase
let myanm: TestIdp

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const held = Object.entries(HELD as Readonly<Record<string, Entry>>)
const accountOf = (key: string) => myanm.accounts.get(key) ?? ''

/** `schema.table.column`, as the migrated database has them. */
async function realColumns(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    database,
    `select table_schema || '.' || table_name || '.' || column_name as name
      from information_schema.columns
      join information_schema.tables using (table_schema, table_name)
      where table_type = 'BASE TABLE' and table_schema !~ '^(pg_|information_schema|public)'`,
  )
  return rows.map(({ name }) => name).sort()
}

const classified = Object.entries(EVERY_COLUMN)
  .flatMap(([schema, tables]) =>
    Object.entries(tables).flatMap(([table, columns]) =>
      Object.keys(columns).map((column) => `${schema}.${table}.${column}`),
    ),
  )
  .sort()

describe('the map of what is kept', () => {
  test('says of every column of every schema what it is, or that it is about nobody', async () => {
    const unclassified = (await realColumns()).filter((name) => !classified.includes(name))
    expect(unclassified).toEqual([])
  })

  test('names no column that is not there', async () => {
    const real = await realColumns()
    expect(classified.filter((name) => !real.includes(name))).toEqual([])
  })

  test('counts periods from columns of that table', async () => {
    for (const [table, { period, columns }] of held) {
      if (period.kind === 'after')
        expect([table, Object.keys(columns)]).toEqual([
          table,
          expect.arrayContaining([period.since]),
        ])
    }
  })
})

/** Has the queue of work do something now, as it does by itself in the night. */
async function done(job: 'forget-old' | 'erase-due'): Promise<void> {
  const [added] = await query<{ id: string }>(
    database,
    "select id::text from idp_jobs.add_job($1, '{}')",
    [job],
  )
  await until(async () => {
    const [waiting] = await query<{ last_error: string | null }>(
      database,
      'select last_error from idp_jobs._private_jobs where id = $1',
      [added?.id],
    )
    if (waiting?.last_error) throw new Error(waiting.last_error)
    return waiting === undefined
  }, 30_000)
}

const countOf = async (table: string, account: string): Promise<number> => {
  const [row] = await query<{ count: number }>(
    database,
    `select count(*)::int as count from ${table} where account_id = $1`,
    [account],
  )
  return row?.count ?? 0
}

/** A line of that age, sealed when it was young: lines of the journal go with their seal. */
async function sealOfItsOwn(account: string, age: string): Promise<void> {
  const admin = new pg.Client({ connectionString: database.adminUrl.href })
  await admin.connect()
  try {
    await admin.query('set search_path = idp; begin; select seal_journal(1000000)')
    await admin.query(
      "insert into journal (event, account_id, at) values ('signed-in', $1, now() - $2::interval)",
      [account, age],
    )
    await admin.query('select seal_journal(1)')
    await admin.query('commit')
  } finally {
    await admin.end()
  }
}

const intervalOf = ({ unit, count }: Length) => `${count} ${unit}s`

describe('what is kept long enough', () => {
  /** A test is not quicker than a second: on the young side, a margin. */
  const MARGIN = '20 seconds'
  const aged = held.flatMap(([table, { period }]) =>
    period.kind === 'after' ? [{ table, ...period }] : [],
  )
  let counts: Readonly<Record<string, readonly [number, number]>>

  beforeAll(async () => {
    const old = accountOf('particulier')
    const young = accountOf('independant')
    const team = [accountOf('voisin'), accountOf('multi')] as const
    await plant(database, { account: old, team, mark: 'vieux' })
    await plant(database, { account: young, team, mark: 'jeune' })
    for (const { table, since, length } of aged) {
      if (table === 'journal') continue
      await arrange(
        database,
        `update ${table} set ${since} = now() - $3::interval
            + case account_id when $1 then interval '-1 second' else interval '${MARGIN}' end
          where account_id in ($1, $2)`,
        [old, young, intervalOf(length)],
      )
    }
    await arrange(database, 'delete from journal where account_id in ($1, $2)', [old, young])
    await sealOfItsOwn(old, '12 months 1 second')
    await sealOfItsOwn(young, `12 months -${MARGIN}`)
    await done('forget-old')
    counts = Object.fromEntries(
      await Promise.all(
        aged.map(async ({ table }) => [
          table,
          [await countOf(table, old), await countOf(table, young)] as const,
        ]),
      ),
    )
  })

  test('is more than one kind of thing', () => {
    expect(aged.map(({ table }) => table).sort()).toEqual([
      'contact_message',
      'invitation',
      'join_request',
      'journal',
      'letter',
      'organisation_action',
      'organisation_choice',
      'organisation_draft',
      'organisation_measure',
      'organisation_merge_member',
      'proof',
      'registration',
      'rescue',
      'rescue_objection',
      'signal',
      'signal_delivery',
      'staff_action',
      'staff_correction',
      'staff_task',
      'wish_to_lead',
    ])
  })

  test.each(aged.map(({ table }) => table))(
    'is deleted one second later, not before: %s',
    (table) => {
      expect([table, counts[table]]).toEqual([table, [0, expect.any(Number)]])
      expect(counts[table]?.[1]).toBeGreaterThan(0)
    },
  )

  test('is kept for ever by nobody: a message that still waits is, until it is answered', async () => {
    await arrange(
      database,
      `insert into contact_message (reference, kind, name, reply_to, body, created_at)
        values ('WAITS', 'contact', 'x', 'x@exemple.be', 'x', now() - interval '3 years')`,
    )
    await done('forget-old')
    const waiting = await query(database, "select from contact_message where reference = 'WAITS'")
    expect(waiting).toHaveLength(1)
  })

  test('of the journal, cannot be made younger by MyANM itself', async () => {
    const own = new pg.Client({ connectionString: database.urlFor('idp').href })
    await own.connect()
    try {
      await expect(
        own.query("insert into journal (event, at) values ('x', now() - interval '2 years')"),
      ).rejects.toMatchObject({ code: '42501' })
      const { rows } = await own.query('select forget_old_journal(1000000) as forgotten')
      expect(rows).toEqual([{ forgotten: 0 }])
      await expect(own.query('delete from journal')).rejects.toMatchObject({ code: '42501' })
      // A table of one's own in front of the journal changes nothing: the function knows which it means.
      await own.query('create table idp_jobs.journal (id bigint, at timestamptz)')
      await own.query('set search_path = idp_jobs, idp')
      await own.query("insert into journal values (1, now() - interval '2 years')")
      const again = await own.query('select forget_old_journal(1000000) as forgotten')
      expect(again.rows).toEqual([{ forgotten: 0 }])
      await own.query('drop table idp_jobs.journal')
    } finally {
      await own.end()
    }
  })

  test('of the queue, given up, is shown for thirty days', async () => {
    const givenUp = async (age: string) => {
      const [job] = await query<{ id: string }>(
        database,
        `select id::text from idp_jobs.add_job('send-mail', '{"letter":"none"}',
          run_at => now() + interval '1 year')`,
      )
      await query(
        database,
        `update idp_jobs._private_jobs set attempts = max_attempts, updated_at = now() - $2::interval
          where id = $1`,
        [job?.id, age],
      )
      return job?.id
    }
    const old = await givenUp('30 days 1 second')
    const young = await givenUp('29 days 23 hours')
    await done('forget-old')
    const left = await query<{ id: string }>(
      database,
      'select id::text from idp_jobs._private_jobs where id in ($1, $2)',
      [old, young],
    )
    expect(left).toEqual([{ id: young }])
  })
})

describe('who never confirmed an address', () => {
  const born = async (name: string, age: string): Promise<string> => {
    const [row] = await arrange(
      database,
      `insert into account (account_type, state, login, email, password_hash, given_name, family_name,
          created_at)
        values ('particulier', 'unconfirmed', $1, $1 || '@exemple.be', 'x', 'Prénom', 'Nom',
          now() - $2::interval) returning id`,
      [name, age],
    )
    const id = String(row?.['id'])
    await arrange(
      database,
      `insert into account_identifier (key, account_id) values ($2, $1), ($2 || '@exemple.be', $1)`,
      [id, name],
    )
    return id
  }
  const exists = async (id: string) =>
    (await query(database, 'select from account where id = $1', [id])).length === 1

  test('is forgotten after thirty days, whole, and the address is free', async () => {
    const old = await born('jamais', '30 days 1 second')
    const young = await born('presque', '29 days 23 hours 59 minutes 40 seconds')
    await done('forget-old')
    expect([await exists(old), await exists(young)]).toEqual([false, true])
    const left = await query(database, 'select from account_identifier where account_id = $1', [
      old,
    ])
    expect(left).toHaveLength(0)
    const journal = await query(
      database,
      'select event, details from journal where account_id = $1',
      [old],
    )
    expect(journal).toEqual([{ event: 'account-purged', details: {} }])
  })

  test('and began again meanwhile has another thirty days', async () => {
    const again = await born('encore', '40 days')
    await arrange(
      database,
      `insert into registration (account_id, fills_account, journey, email, password_hash, person,
          terms_version, terms_accepted_at, registered_at)
        values ($1, true, 'j', 'encore@exemple.be', 'x', '{}', '1', now(), now() - interval '2 days')`,
      [again],
    )
    await done('forget-old')
    expect(await exists(again)).toBe(true)
  })
})
