import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createLog, Secret } from '@myanm/chassis'
import { type Connection, connect } from '@myanm/database'
import { type TestDatabase, withDatabase } from '@myanm/testing'
import fc from 'fast-check'
import pg from 'pg'
import { firstLink, linkOf } from '../../tools/journal/chain.ts'
import { readLines, readSeals } from '../../tools/journal/read.ts'
import { type Checked, verifyJournal } from '../../tools/journal/verify.ts'
import { journalSealer, sealingKey } from '../src/journal/index.ts'
import { eraseDue } from '../src/retention/index.ts'
import type { Tables } from '../src/tables.ts'

const key = sealingKey(new Secret('a key that is long enough to be one, and then some'))
const log = createLog('test', 'silent')
const keys = [key.publicKey]

let database: TestDatabase
let service: Connection<Tables>
let admin: pg.Client
let seal: () => Promise<number>

beforeAll(async () => {
  database = await withDatabase()
  service = connect<Tables>({
    url: database.urlFor('idp'),
    name: 'test',
    max: 8,
    onLost: () => {},
  })
  seal = journalSealer({ db: service.db, log, key })
  admin = new pg.Client({ connectionString: database.adminUrl.href })
  await admin.connect()
  await admin.query('set search_path = idp')
})

afterAll(async () => {
  await admin.end()
  await service.close()
  await database.drop()
})

const check = (more: Partial<Parameters<typeof verifyJournal>[1]> = {}): Promise<Checked> =>
  verifyJournal(admin, { keys, ...more })

const kinds = ({ findings }: Checked) => [...new Set(findings.map(({ kind }) => kind))].sort()

/** As MyANM writes them: it says neither when nor under which number. */
async function write(lines: number): Promise<void> {
  await service.pool.query(
    `insert into journal (event, account_id, organisation_id, client_id, actor_id, details)
      select (array['signed-in', 'role-changed', 'invited', 'membership-added'])[1 + n % 4],
        uuidv7(), case when n % 2 = 0 then uuidv7() end,
        case when n % 3 = 0 then 'guide-social' end, case when n % 5 = 0 then uuidv7() end,
        case when n % 4 = 1 then '{"to": "LECTEUR", "from": "é", "because": "decided"}'::jsonb else '{}' end
      from generate_series(1, $1::int) n`,
    [lines],
  )
}

describe('the journal, as MyANM writes it,', () => {
  test('is whole, sealed or about to be', async () => {
    for (const count of [1, 30, 7, 45, 3]) {
      await write(count)
      await seal()
    }
    await write(4)
    const checked = await check()
    expect(checked).toMatchObject({ findings: [], lines: 86, waiting: 4 })
    expect(await seal()).toBe(4)
    expect(await seal()).toBe(0)
    expect(await check()).toMatchObject({ findings: [], lines: 90, waiting: 0 })
  })

  test('loses no line to those who write at once, wait, or change their mind', async () => {
    const before = await check()
    let sealing = true
    const sealed = (async () => {
      while (sealing) await seal()
    })()
    let kept = 0
    await Promise.all(
      Array.from({ length: 24 }, async (_, turn) => {
        const own = new pg.Client({ connectionString: database.urlFor('idp').href })
        await own.connect()
        for (let n = 0; n < 5; n += 1) {
          await own.query('begin')
          await own.query("insert into journal (event) values ('signed-in')")
          await own.query('select pg_sleep($1)', [((turn * 7 + n * 3) % 10) / 100])
          const keeps = (turn + n) % 3 !== 0
          if (keeps) kept += 1
          await own.query(keeps ? 'commit' : 'rollback')
        }
        await own.end()
      }),
    )
    sealing = false
    await sealed
    await seal()
    const after = await check()
    expect(after).toMatchObject({ findings: [], waiting: 0 })
    expect(after.lines - before.lines).toBe(kept)
  })

  test('is not MyANM’s to rewrite, nor to date, nor to leave out', async () => {
    const own = new pg.Client({ connectionString: database.urlFor('idp').href })
    await own.connect()
    try {
      for (const statement of [
        "insert into journal (event, at) values ('x', now())",
        'update journal set event = event',
        'delete from journal',
        'delete from journal_unsealed',
        'insert into journal_unsealed values (1)',
        'truncate journal_unsealed',
        'update journal_seal set hash = hash',
        'delete from journal_seal',
        "insert into journal_seal values (99, '', '', now(), '{}', 0, now(), '{}')",
        'alter table journal disable trigger journal_awaits_seal',
      ]) {
        expect([statement, await own.query(statement).catch(({ code }) => code)]).toEqual([
          statement,
          '42501',
        ])
      }
      // Signed once; and no other hash than the one the database has computed.
      await own.query("select sign_journal_seal(1, 'other', '\\x00')")
      // With tables of its own in front, it fools nobody.
      await own.query('create table idp_jobs.journal_unsealed (line bigint)')
      await own.query('set search_path = idp_jobs, idp')
      await own.query("insert into journal (event) values ('signed-in')")
      await own.query('drop table idp_jobs.journal_unsealed')
    } finally {
      await own.end()
    }
    expect(await seal()).toBe(1)
    expect(await check()).toMatchObject({ findings: [], waiting: 0 })
  })

  test('stays whole when somebody is erased: the line knows a number, and the number has no name left', async () => {
    const { rows } = await admin.query<{ id: string }>(
      `insert into account (account_type, state, login, email, email_confirmed_at, password_hash,
          given_name, family_name, deletion_requested_at)
        values ('particulier', 'deletion_requested', 'effacee', 'effacee@exemple.be', now(), 'x',
          'Élise', 'Effacée', now() - interval '8 days') returning id`,
    )
    const account = rows[0]?.id ?? ''
    await service.pool.query(
      "insert into journal (event, account_id) values ('signed-in', $1), ('deletion-asked', $1)",
      [account],
    )
    await seal()
    expect(await eraseDue({ db: service.db, log })).toBe(1)
    await seal()
    expect(kinds(await check())).toEqual([])
    const left = await admin.query('select event from journal where account_id = $1 order by id', [
      account,
    ])
    expect(left.rows.map(({ event }) => event)).toEqual([
      'signed-in',
      'deletion-asked',
      'account-erased',
    ])
    const kept = await admin.query('select to_jsonb(account) as row from account where id = $1', [
      account,
    ])
    expect(JSON.stringify(kept.rows)).not.toMatch(/effac|Élise/i)
  })

  test('stays whole when its lines have been kept long enough', async () => {
    await write(5)
    await seal()
    // What was sealed a year ago, as it stands after a year.
    await admin.query('begin')
    await admin.query(
      "insert into journal (event, at) select 'invited', now() - interval '12 months 1 hour' from generate_series(1, 20)",
    )
    await admin.query('commit')
    await seal()
    const [{ forgotten } = { forgotten: '' }] = (
      await service.pool.query<{ forgotten: string }>(
        'select forget_old_journal(1000) as forgotten',
      )
    ).rows
    expect(Number(forgotten)).toBe(20)
    expect(kinds(await check())).toEqual([])
    await write(3)
    await seal()
    expect(kinds(await check())).toEqual([])
  })

  test('is checked by a command that has read access and the public key', () => {
    const run = (publicKey: string, ...words: string[]) =>
      spawnSync(
        process.execPath,
        [new URL('../../tools/journal/verify-command.ts', import.meta.url).pathname, ...words],
        {
          encoding: 'utf8',
          env: { DATABASE_URL: database.urlFor('idp').href, JOURNAL_PUBLIC_KEY: publicKey },
        },
      )
    const whole = run(key.publicKey, '--since', '2020-01-01')
    expect([whole.stdout, whole.status]).toEqual([expect.stringContaining('intact'), 0])
    const [, known = ''] = /--known (\S+)/.exec(whole.stdout) ?? []
    expect(run(key.publicKey, '--known', known).status).toBe(0)
    const cut = run(key.publicKey, '--known', `${Number(known.split(':')[0]) + 1}:ab`)
    expect([cut.stdout, cut.status]).toEqual([expect.stringContaining('La fin de la chaîne'), 1])
    expect(run('').status).toBe(2)
    const other = sealingKey(new Secret('another key that is long enough to be one, and more'))
    expect(run(other.publicKey).stdout).toContain('n’a pas la signature de MyANM')
  })

  test('is checked from a day on, and against an end that was seen before', async () => {
    const { head } = await check()
    await write(2)
    await seal()
    expect(kinds(await check({ since: new Date() }))).toEqual([])
    expect(kinds(await check({ known: head ? [head] : [] }))).toEqual([])
    expect(kinds(await check({ keys: [] }))).toEqual(['seal-not-signed'])
  })
})

describe('a role that somebody has', () => {
  let organisation: string
  let members: { readonly id: string; readonly account: string }[]

  test('is the one the journal gave, or it is found', async () => {
    await admin.query('begin')
    const { rows } = await admin.query<{ id: string; account: string; organisation: string }>(
      `with place as (
        insert into organisation (kind, name) values ('academie', 'Académie') returning id
      ), people as (
        insert into account (account_type, state, login, email, email_confirmed_at, password_hash,
            given_name, family_name)
          select 'particulier', 'active', 'membre-' || n, 'membre-' || n || '@exemple.be', now(), 'x',
            'Prénom', 'Nom' from generate_series(1, 2) n returning id, login
      ) insert into membership (organisation_id, account_id, role)
          select place.id, people.id,
            case login when 'membre-1' then 'GESTIONNAIRE' else 'LECTEUR' end::organisation_role
            from place, people
          returning id, account_id as account, organisation_id as organisation`,
    )
    await admin.query('commit')
    organisation = rows[0]?.organisation ?? ''
    members = rows
    const untold = async () =>
      (await check()).findings.map(({ kind, membership }) => [kind, membership])
    expect(await untold()).toEqual(members.map(({ id }) => ['role-untold', id]))

    const tell = (event: string, account: string | undefined, details: object) =>
      service.pool.query(
        `insert into journal (event, account_id, organisation_id, details) values ($1, $2, $3, $4)`,
        [event, account, organisation, JSON.stringify(details)],
      )
    const [lead, other] = members
    await tell('membership-added', lead?.account, { role: 'GESTIONNAIRE', because: 'registered' })
    await tell('membership-added', other?.account, { role: 'LECTEUR', because: 'invitation' })
    expect(await untold()).toEqual([])

    // Past MyANM, by whoever has the database.
    await admin.query("update membership set role = 'RESPONSABLE' where id = $1", [other?.id])
    expect(await untold()).toEqual([['role-untold', other?.id]])
    await tell('role-changed', other?.account, { from: 'LECTEUR', to: 'RESPONSABLE' })
    expect(await untold()).toEqual([])
    await tell('membership-removed', other?.account, { role: 'RESPONSABLE' })
    expect(await untold()).toEqual([['role-untold', other?.id]])
    await admin.query("update membership set state = 'removed', until = now() where id = $1", [
      other?.id,
    ])
    expect(await untold()).toEqual([])
    await seal()
  })
})

describe('whoever has the whole database, and rewrites the journal,', () => {
  let head: Checked['head']

  beforeEach(async () => {
    await write(9)
    await seal()
    await write(2)
    head = (await check()).head
    await admin.query('begin')
    await admin.query('alter table journal disable trigger journal_awaits_seal')
  })

  const pick = async <Row extends pg.QueryResultRow>(from: string, n: number): Promise<Row> => {
    const { rows } = await admin.query<Row>(`select * from ${from}`)
    return rows[n % rows.length] as Row
  }
  const SEALED =
    '(select j.* from journal j where j.id not in (select line from journal_unsealed) order by id) x'
  const SEALS =
    '(select number::text, hash from journal_seal where forgotten_at is null and number > 0 order by number) x'

  /** Every way to rewrite the past that we have thought of; two numbers choose where, and what. */
  const tamperings: Record<string, (n: number, m: number) => Promise<unknown>> = {
    change: async (n, m) => {
      const { id } = await pick<{ id: string }>(SEALED, n)
      const changes = [
        "event = event || 'x'",
        "event = ''",
        "at = at + interval '1 microsecond'",
        "at = at - interval '2 months'",
        'account_id = uuidv7()',
        'organisation_id = uuidv7()',
        "client_id = coalesce(client_id || '1', '')",
        'actor_id = uuidv7()',
        `details = details || '{"to": "GESTIONNAIRE"}'`,
        `details = '{"x": null}'`,
      ]
      return admin.query(`update journal set ${changes[m % changes.length]} where id = $1`, [id])
    },
    renumber: async (n) => {
      const { id } = await pick<{ id: string }>(SEALED, n)
      await admin.query('alter table journal alter id drop identity')
      return admin.query('update journal set id = 900000 + id where id = $1', [id])
    },
    delete: async (n) => {
      const { id } = await pick<{ id: string }>(SEALED, n)
      return admin.query('delete from journal where id = $1', [id])
    },
    'delete several': async (n, m) => {
      const { id } = await pick<{ id: string }>(SEALED, n)
      return admin.query('delete from journal where id between $1 and $2', [
        id,
        Number(id) + (m % 9),
      ])
    },
    insert: (n, m) =>
      admin.query(
        `insert into journal (id, event, at) overriding system value
          values ($1, 'role-changed', now() - $2 * interval '1 second')`,
        [1_000_000 + n, m % 1000],
      ),
    'insert, and have it sealed': async (n, m) => {
      await admin.query('alter table journal enable always trigger journal_awaits_seal')
      await admin.query(
        `insert into journal (event, at) values ('role-changed',
          now() - $1 * interval '1 minute' - interval '20 minutes')`,
        [(n * m) % 100_000],
      )
      return sealHere()
    },
    swap: async (n, m) => {
      const [one, other] = [await pick<Line>(SEALED, n), await pick<Line>(SEALED, n + 1 + (m % 7))]
      for (const [to, from] of [
        [one, other],
        [other, one],
      ] as const) {
        await admin.query(
          `update journal set (event, at, account_id, organisation_id, client_id, actor_id, details)
            = ($2, $3, $4, $5, $6, $7, $8) where id = $1`,
          [
            to.id,
            from['event'],
            from['at'],
            from['account_id'],
            from['organisation_id'],
            from['client_id'],
            from['actor_id'],
            from['details'],
          ],
        )
      }
    },
    'cut off what is not sealed': () =>
      admin.query('delete from journal where id in (select line from journal_unsealed)'),
    'keep a line from being sealed': () =>
      admin.query(
        'delete from journal_unsealed where line = (select max(line) from journal_unsealed)',
      ),
    'cut off the end, seals and all': async (_, m) => {
      const { rows } = await admin.query<{ number: string }>(
        'select number::text from journal_seal order by number desc limit $1',
        [1 + (m % 3)],
      )
      const from = rows.at(-1)?.number
      await admin.query(
        `delete from journal j using journal_seal s, unnest(s.lines) part
          where s.number >= $1 and j.id <@ part`,
        [from],
      )
      await admin.query('delete from journal where id in (select line from journal_unsealed)')
      await admin.query('delete from journal_unsealed')
      await admin.query('delete from journal_seal where number >= $1', [from])
      // MyANM goes on, and seals what comes.
      if (m % 2) await sealHere('always')
    },
    'take out a seal with its lines': async (n) => {
      const { number } = await pick<{ number: string }>(SEALS, n)
      await forget(number)
      return admin.query('delete from journal_seal where number = $1', [number])
    },
    'say it was old': async (n) => {
      const { number } = await pick<{ number: string }>(SEALS, n)
      await forget(number)
      return admin.query(
        `update journal_seal set lines = '{}', links = '{}', forgotten_at = now(),
          until = case when $2 then until - interval '13 months' else until end where number = $1`,
        [number, n % 2 === 0],
      )
    },
    'chain anew after a change': (n) => forge(n, 'as it was signed'),
    'chain anew and sign with another key': (n) => forge(n, 'signed anew'),
  }

  interface Line extends pg.QueryResultRow {
    readonly id: string
  }

  const forget = (number: string) =>
    admin.query(
      `delete from journal j using journal_seal s, unnest(s.lines) part
        where s.number = $1 and j.id <@ part`,
      [number],
    )

  /** As MyANM seals, in the transaction that is rolled back in the end. */
  async function sealHere(how: 'when there is something' | 'always' = 'when there is something') {
    if (how === 'always') {
      await admin.query("insert into journal (event) values ('signed-in')")
      await admin.query('insert into journal_unsealed select max(id) from journal')
    }
    const { rows } = await admin.query<Record<string, string>>(
      `select number::text, encode(previous, 'hex') as previous, encode(hash, 'hex') as hash,
        count::text, microseconds(until) as until, microseconds(sealed_at) as sealed from seal_journal(1000)`,
    )
    for (const row of rows) {
      const words = ['number', 'previous', 'hash', 'count', 'until', 'sealed'].map((name) => {
        const part = row[name] ?? ''
        return `${part.length}:${part}`
      })
      const signature = key.sign(`myanm-journal-seal/1${words.join('')}`)
      await admin.query('select sign_journal_seal($1, $2, $3)', [row['number'], key.id, signature])
    }
  }

  /** Knows how it is done, and does all of it: but for the key, which is not in the database. */
  async function forge(n: number, how: 'as it was signed' | 'signed anew') {
    const { number } = await pick<{ number: string }>(SEALS, n)
    const [one] = await readSeals(admin, { after: String(Number(number) - 1), most: 1 })
    if (!one) throw new Error('no seal')
    await admin.query(
      `update journal j set account_id = $2 from journal_seal s, unnest(s.lines) part
        where s.number = $1 and j.id <@ part`,
      [number, randomUUID()],
    )
    const lines = [...(await readLines(admin, [one])).values()]
    let link = firstLink(one)
    const links = lines
      .sort((a, b) => Number(a.id) - Number(b.id))
      .map((line) => {
        link = linkOf(link, line)
        return link
      })
    await admin.query('update journal_seal set links = $2, hash = $3 where number = $1', [
      number,
      links,
      link,
    ])
    await admin.query('update journal_seal set previous = $2 where number = $1::bigint + 1', [
      number,
      link,
    ])
    if (how === 'as it was signed') return
    const { privateKey } = generateKeyPairSync('ed25519')
    await admin.query('update journal_seal set signature = $2 where number >= $1', [
      number,
      sign(null, Buffer.from('whatever'), privateKey),
    ])
  }

  test('is seen, a thousand times out of a thousand', async () => {
    expect(kinds(await check({ known: head ? [head] : [] }))).toEqual([])
    const unseen: string[] = []
    const seen = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(tamperings)),
        fc.nat(10_000),
        fc.nat(10_000),
        async (how, n, m) => {
          await admin.query('savepoint whole')
          await tamperings[how]?.(n, m)
          const { findings } = await check({ known: head ? [head] : [] })
          await admin.query('rollback to savepoint whole')
          if (findings.length === 0) unseen.push(`${how} ${n} ${m}`)
          seen.set(how, (seen.get(how) ?? 0) + 1)
        },
      ),
      { numRuns: 1000, seed: 13 },
    )
    await admin.query('rollback')
    expect(unseen).toEqual([])
    expect([...seen.keys()].sort()).toEqual(Object.keys(tamperings).sort())
    expect(kinds(await check())).toEqual([])
  }, 180_000)
})
