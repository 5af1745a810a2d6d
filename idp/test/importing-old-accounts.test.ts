import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { connect } from '@myanm/database'
import { seedScene } from '@myanm/idp'
import {
  arrangeState,
  people as cast,
  organisations,
  query,
  type TestDatabase,
  withDatabase,
} from '@myanm/testing'
import { sql } from 'kysely'
import { takeTurn } from '../src/legacy/staging-store.ts'
import type { Tables } from '../src/tables.ts'
import { HEADING, importFile, line } from './stage/old-accounts.ts'

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

const HERE = ['gestionnaire', 'voisin', 'multi', 'particulier', 'non_confirme', 'suspendu']

const idOf = (key: string): string => people.get(key) ?? ''

interface Row extends Record<string, unknown> {
  readonly id: string
  readonly state: string
  readonly login: string | null
  readonly email: string | null
  readonly given_name: string | null
  readonly password_hash: string | null
}

/** The account an old one became, by what it was called in the old application. */
async function came(identifier: string, site = 'guide-social'): Promise<Row | undefined> {
  const [row] = await query<Row>(
    database,
    `select account.* from account join legacy_identity on account_id = account.id
      where site = $1 and identifier = $2`,
    [site, identifier],
  )
  return row
}

/** Everything an import writes to, as text: two that are equal changed nothing. */
async function everything(): Promise<string> {
  const tables = ['account', 'account_identifier', 'legacy_identity', 'membership', 'journal']
  const rows = await Promise.all(
    tables.map((table) => query(database, `select * from ${table} order by 1, 2`)),
  )
  return JSON.stringify(rows)
}

const leadsTo = async (typed: string): Promise<string | undefined> => {
  const [row] = await query<{ account_id: string }>(
    database,
    'select account_id from account_identifier where key = identifier_key($1)',
    [typed],
  )
  return row?.account_id
}

describe('a file of old accounts', () => {
  const FILE = [
    line({ id: '1', login: 'anne.d', email: 'anne@exemple.com' }),
    line({ id: '2', login: 'bob', email: 'pas une adresse', first: 'Bob' }),
    line({ id: '3', email: 'chloe@exemple.com', first: 'Chloé' }),
  ]

  test('is planned without a change, and forgotten afterwards', async () => {
    const before = await everything()
    const { report, plan } = await importFile(database, FILE, 'plan-only')
    expect(report).toMatchObject({ applied: false, lines: 3, badEmails: 1 })
    expect(report.plan).toMatchObject({ created: 3, changed: 0, unreachable: 1 })
    expect(plan.map(({ line: at, outcome }) => [at, outcome])).toEqual([
      [2, 'create'],
      [3, 'create'],
      [4, 'create'],
    ])
    expect(await everything()).toBe(before)
    for (const table of ['legacy_row', 'legacy_plan', 'legacy_claim']) {
      expect(await query(database, `select * from ${table}`)).toEqual([])
    }
  })

  test('becomes accounts without a password; without a valid address, without address (F113)', async () => {
    await importFile(database, FILE)
    expect(await came('1')).toMatchObject({
      state: 'legacy',
      login: 'anne.d',
      email: 'anne@exemple.com',
      given_name: 'Anne',
      password_hash: null,
    })
    expect(await came('2')).toMatchObject({ state: 'legacy', login: 'bob', email: null })
    expect(await came('3')).toMatchObject({ login: null, email: 'chloe@exemple.com' })
    const id = (await came('1'))?.id
    const lines = await query(database, 'select event from journal where account_id = $1', [id])
    expect(lines).toEqual([{ event: 'legacy-imported' }])
  })

  test('imported again changes nothing at all', async () => {
    await importFile(database, FILE)
    const before = await everything()
    const { report } = await importFile(database, FILE)
    expect(report.plan).toMatchObject({
      created: 0,
      changed: 0,
      joined: 0,
      lines: { unchanged: 3 },
    })
    expect(await everything()).toBe(before)
  })

  test('cut short leaves whole accounts, and goes on when it is run again', async () => {
    const many = Array.from({ length: 1200 }, (_, n) =>
      line({ id: `m${n}`, login: `m${n}`, email: `m${n}@exemple.com` }),
    )
    // The end comes in the middle of the second transaction.
    await query(
      database,
      `create function break_here() returns trigger language plpgsql as $$ begin
        if (select count(*) from account where login ~ '^m[0-9]') >= 700 then
          raise exception 'gone'; end if; return new; end $$`,
    )
    await query(
      database,
      'create trigger breaks before insert on account for each row execute function break_here()',
    )
    await expect(importFile(database, many)).rejects.toThrow('gone')
    const [half] = await query<{ accounts: number; origins: number }>(
      database,
      `select (select count(*)::int from account where login ~ '^m[0-9]') as accounts,
        (select count(*)::int from legacy_identity where identifier ~ '^m[0-9]') as origins`,
    )
    expect(half?.accounts).toBeGreaterThan(0)
    expect(half?.accounts).toBeLessThan(1200)
    expect(half?.origins).toBe(half?.accounts)

    await query(database, 'drop trigger breaks on account')
    const { report } = await importFile(database, many)
    expect(report.plan.created).toBe(1200 - (half?.accounts ?? 0))
    const again = await importFile(database, many)
    expect(again.report.plan).toMatchObject({ created: 0, lines: { unchanged: 1200 } })
  })

  test('is not imported beside another: one at a time, and the second is told', async () => {
    const first = connect<Tables>({ url: database.urlFor('idp'), name: 'first', max: 1 })
    try {
      await first.db.connection().execute(async (db) => {
        expect(await takeTurn(db)).toBe(true)
        await expect(importFile(database, FILE)).rejects.toThrow('Another import is at work')
        // A connection that is closed ends a little later: the lock would be there still.
        await sql`select pg_advisory_unlock_all()`.execute(db)
      })
    } finally {
      await first.close()
    }
    expect((await importFile(database, FILE)).report.plan.created).toBe(3)
  })

  test('is read with commas, quotes and a byte order mark, in English too; a password is left aside', async () => {
    const { report, ignored } = await importFile(
      database,
      '\uFEFFSite,Identifier,Login,E-mail,First_name,Last_name,Updated_at,Password\r\n' +
        'monasbl,7,"denis, d.",denis@exemple.com,Denis,"D""Hondt",2024-06-30T10:00:00Z,secret\r\n',
    )
    expect(report.plan.created).toBe(1)
    expect(ignored).toEqual(['Password'])
    expect(await came('7', 'monasbl')).toMatchObject({ login: 'denis, d.', password_hash: null })
  })

  test('keeps the organisation as the old application had it', async () => {
    await importFile(
      database,
      `${HEADING}\nguide-social;8;e;e@exemple.com;E;F;nl;;0566.988.259;Les Tilleuls ASBL;2024-06-30\n`,
    )
    const [origin] = await query(database, "select * from legacy_identity where identifier = '8'")
    expect(origin).toMatchObject({ bce: '0566988259', organisation: 'Les Tilleuls ASBL' })
    expect(await came('8')).toMatchObject({ account_type: 'organisme', language: 'nl' })
  })
})

describe('two old accounts with one address', () => {
  const PAIR = [
    line({ id: '1', login: 'vieux', email: 'Anne@exemple.com', first: 'Annie', at: '2020-01-01' }),
    line({ id: '9', site: 'monasbl', login: 'neuf', email: 'anne@EXEMPLE.com', at: '2024-01-01' }),
  ]

  test('become one: the newer wins, the older login still leads there, both origins are kept (M24)', async () => {
    const { report } = await importFile(database, PAIR)
    expect(report.plan).toMatchObject({ created: 1, lines: { create: 1, merge: 1 } })
    const account = await came('1')
    expect(await came('9', 'monasbl')).toEqual(account)
    expect(account).toMatchObject({ login: 'neuf', given_name: 'Anne' })
    expect(await leadsTo('vieux')).toBe(account?.id)
    expect(await leadsTo('NEUF')).toBe(account?.id)
    const { report: again } = await importFile(database, PAIR)
    expect(again.plan).toMatchObject({ created: 0, changed: 0, lines: { unchanged: 2 } })
  })

  test('become one too when they come in two files, either first', async () => {
    await importFile(database, PAIR.slice(1))
    await importFile(database, PAIR.slice(0, 1))
    const account = await came('1')
    expect(await came('9', 'monasbl')).toEqual(account)
    expect(account).toMatchObject({ login: 'neuf', given_name: 'Anne' })
    expect(await leadsTo('vieux')).toBe(account?.id)
  })

  test('become one when a later file gives one the address of the other, memberships included', async () => {
    await importFile(database, [
      line({ id: '1', login: 'un', email: 'un@exemple.com' }),
      line({ id: '2', login: 'deux', email: 'deux@exemple.com' }),
    ])
    const second = (await came('2'))?.id
    const [organisation] = await query<{ id: string }>(
      database,
      "select id from organisation where name = 'Les Tilleuls ASBL'",
    )
    await query(
      database,
      "insert into membership (account_id, organisation_id, role) values ($1, $2, 'LECTEUR')",
      [second, organisation?.id],
    )
    const { report } = await importFile(database, [
      line({ id: '2', login: 'deux', email: 'un@exemple.com', at: '2025-01-01' }),
    ])
    expect(report.plan).toMatchObject({ created: 0, joined: 1 })
    const account = await came('1')
    expect(await came('2')).toEqual(account)
    expect(await leadsTo('un')).toBe(account?.id)
    expect(await leadsTo('deux')).toBe(account?.id)
    const members = await query(database, 'select role from membership where account_id = $1', [
      account?.id,
    ])
    expect(members).toEqual([{ role: 'LECTEUR' }])
    expect(await query(database, 'select from account where id = $1', [second])).toHaveLength(
      second === account?.id ? 1 : 0,
    )
  })
})

describe('two persons with one login', () => {
  test('are both carried over; the second is known by the address, and it is told', async () => {
    const { report, plan } = await importFile(database, [
      line({ id: '1', login: 'dupont', email: 'a@exemple.com', at: '2024-01-01' }),
      line({ id: '2', login: 'Dupont', email: 'b@exemple.com', at: '2020-01-01' }),
    ])
    expect(report.plan).toMatchObject({ created: 2, collisions: 1 })
    expect(plan).toContainEqual(
      expect.objectContaining({ line: 3, field: 'collision', before: 'dupont' }),
    )
    expect(await came('1')).toMatchObject({ login: 'dupont' })
    expect(await came('2')).toMatchObject({ login: null, email: 'b@exemple.com' })
  })

  test('a login of somebody who is here stays theirs', async () => {
    await importFile(database, [line({ id: '1', login: 'multi', email: 'autre@exemple.com' })])
    expect(await leadsTo('multi')).toBe(idOf('multi'))
    expect(await came('1')).toMatchObject({ login: null, email: 'autre@exemple.com' })
  })
})

describe('who has come over', () => {
  test('is never changed by a later file, and is told as claimed', async () => {
    await importFile(database, [line({ id: '1', login: 'anne.d', email: 'anne@exemple.com' })])
    const account = (await came('1'))?.id ?? ''
    await query(
      database,
      `update account set state = 'active', password_hash = 'x', email_confirmed_at = now()
        where id = $1`,
      [account],
    )
    const before = await everything()
    const { report } = await importFile(database, [
      line({ id: '1', login: 'autre', email: 'nouvelle@exemple.com', at: '2026-01-01' }),
    ])
    expect(report.plan).toMatchObject({ changed: 0, lines: { claimed: 1 } })
    expect(await everything()).toBe(before)
  })

  test('and had themselves erased does not come back with the next file (M69)', async () => {
    const lines = [line({ id: '1', login: 'anne.d', email: 'anne@exemple.com' })]
    await importFile(database, lines)
    const account = (await came('1'))?.id ?? ''
    await query(database, 'delete from legacy_identity where identifier = $1', ['1'])
    await arrangeState(database, account, 'deleted')
    await query(database, "delete from account_identifier where key = 'anne.d'")
    await query(database, "delete from account_identifier where key = 'anne@exemple.com'")
    const before = await everything()
    const { report } = await importFile(database, lines)
    expect(report.plan).toMatchObject({ created: 0, lines: { erased: 1 } })
    expect(await everything()).toBe(before)
    expect(JSON.stringify(await query(database, 'select * from erased_origin'))).not.toContain(
      'anne',
    )
  })

  test('or had registered with the same address: only the origin is remembered', async () => {
    const before = await query(database, 'select * from account where id = $1', [
      idOf('particulier'),
    ])
    const FILE = [line({ id: '1', login: 'vieux', email: 'Particulier@exemple.be' })]
    const { report } = await importFile(database, FILE)
    expect(report.plan.lines).toEqual({ claimed: 1 })
    expect(await came('1')).toEqual(before[0])
    expect(await leadsTo('vieux')).toBeUndefined()
    const again = await importFile(database, FILE)
    expect(again.report.plan).toMatchObject({ created: 0, changed: 0, lines: { claimed: 1 } })
  })

  test('an address somebody typed and never confirmed proves nothing: it waits', async () => {
    const FILE = [line({ id: '1', login: 'vieux', email: 'non_confirme@exemple.be' })]
    const { report } = await importFile(database, FILE)
    expect(report.plan.lines).toEqual({ taken: 1 })
    expect(await came('1')).toBeUndefined()
    await query(database, 'delete from account where id = $1', [idOf('non_confirme')])
    expect((await importFile(database, FILE)).report.plan.created).toBe(1)
  })
})

describe('a later file', () => {
  beforeEach(() =>
    importFile(database, [line({ id: '1', login: 'anne.d', email: 'anne@exemple.com' })]),
  )

  test('changes what it says anew, field by field', async () => {
    const { report, plan } = await importFile(database, [
      line({ id: '1', login: 'anne.d', email: 'a.dupont@exemple.com', at: '2025-01-01' }),
    ])
    expect(report.plan).toMatchObject({ changed: 1, fields: { email: 1 } })
    expect(plan).toEqual([
      expect.objectContaining({
        outcome: 'change',
        field: 'email',
        before: 'anne@exemple.com',
        after: 'a.dupont@exemple.com',
      }),
    ])
    expect(await came('1')).toMatchObject({ email: 'a.dupont@exemple.com' })
    expect(await leadsTo('anne@exemple.com')).toBeUndefined()
  })

  test('that is older is left', async () => {
    const { report } = await importFile(database, [
      line({ id: '1', login: 'avant', email: 'avant@exemple.com', at: '2019-01-01' }),
    ])
    expect(report.plan).toMatchObject({ changed: 0, lines: { stale: 1 } })
    expect(await came('1')).toMatchObject({ login: 'anne.d' })
  })

  test('does not undo an address the team has corrected (M64)', async () => {
    const account = (await came('1'))?.id
    await query(database, "update account set email = 'juste@exemple.com' where id = $1", [account])
    await importFile(database, [
      line({ id: '1', login: 'anne', email: 'anne@exemple.com', at: '2025-01-01' }),
    ])
    expect(await came('1')).toMatchObject({ login: 'anne', email: 'juste@exemple.com' })
  })
})

describe('a file with mistakes', () => {
  const good = line({ id: 'good', login: 'bonne', email: 'bonne@exemple.com' })
  // ED A0 80 is half of a surrogate pair: no UTF-8.
  const half = Buffer.concat([
    Buffer.from('guide-social;1;'),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from(';;A;B;fr;;;;2024-06-30'),
  ])

  const WRONG: readonly (readonly [string | Buffer, string])[] = [
    [line({ id: '1', login: 'a\0b', email: 'a@exemple.com' }), 'control-character'],
    [line({ id: '1', login: 'a\u0007b' }), 'control-character'],
    [half, 'not-utf8'],
    [Buffer.from(line({ id: '1', first: 'Chloé' }), 'latin1'), 'not-utf8'],
    [line({ id: '1', last: 'a'.repeat(1024 * 1024) }), 'too-long'],
    ['guide-social;1;a', 'wrong-number-of-fields'],
    [`${line({ id: '1', login: 'a' })};;;`, 'wrong-number-of-fields'],
    [line({ site: '', id: '1', login: 'a' }), 'no-site'],
    [line({ site: '../../etc', id: '1', login: 'a' }), 'bad-site'],
    [line({ id: '', login: 'a' }), 'no-identifier'],
    [line({ id: '1', login: 'a', at: '' }), 'no-date'],
    [line({ id: '1', login: 'a', at: '2024-02-31' }), 'bad-date'],
    [line({ id: '1', login: 'a', at: '2030-01-01' }), 'date-in-the-future'],
    [line({ id: '1', first: '', last: '' }), 'nobody'],
    [line({ id: 'good', login: 'encore' }), 'twice-in-file'],
  ]

  test('is told line by line, with the reason, and every other line is taken (F37)', async () => {
    const lines = WRONG.flatMap(([wrong], n) => [
      Buffer.from(wrong as string),
      Buffer.from(line({ id: `after-${n}`, login: `suite-${n}` })),
    ])
    const file = [Buffer.from(HEADING), Buffer.from(good), ...lines]
    const { report, rejects } = await importFile(
      database,
      Buffer.concat(file.flatMap((one) => [one, Buffer.from('\n')])),
    )
    const told = new Map(rejects.map(({ line: at, rejected }) => [at, rejected]))
    expect([...told.keys()].sort((left, right) => left - right)).toEqual(
      WRONG.map((_, n) => 3 + 2 * n),
    )
    expect(WRONG.map((_, n) => told.get(3 + 2 * n))).toEqual(WRONG.map(([, reason]) => reason))
    expect(report.plan.created).toBe(WRONG.length + 1)
  })

  test('over several lines is told too', async () => {
    const { rejects, report } = await importFile(database, [
      line({ id: '1', login: '"a\nb"' }),
      good,
    ])
    expect(rejects).toEqual([{ line: 3, rejected: 'control-character' }])
    expect(report.plan.created).toBe(1)
  })

  test('all through is refused as a whole, before anything is written', async () => {
    const files: readonly (readonly [string | Buffer, string])[] = [
      ['', 'empty'],
      ['1;2;3\n', 'heading'],
      ['site;identifiant;modifie_le;login;login\n', 'heading'],
      [Buffer.from(`${HEADING}\n`, 'utf16le'), 'not-utf8'],
      [`${HEADING}\n${good}\n"guide-social;1\n${good}\n`, 'quote'],
    ]
    const before = await everything()
    for (const [content, code] of files) {
      await expect(importFile(database, content)).rejects.toMatchObject({ code })
    }
    expect(await everything()).toBe(before)
  })

  test('what is in a field is a value, whatever it looks like', async () => {
    const sharp = `'; drop table account; --`
    await importFile(database, [line({ id: '1', login: `"${sharp}"`, email: 'x@exemple.com' })])
    expect(await came('1')).toMatchObject({ login: sharp })
  })
})

test('a state between two others is no reason for an import to stop', async () => {
  await arrangeState(database, idOf('suspendu'), 'deletion_requested')
  const { report } = await importFile(database, [line({ id: '1', email: 'suspendu@exemple.be' })])
  expect(report.plan.lines).toEqual({ claimed: 1 })
})
