import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  client,
  clientSecret,
  newVisitor,
  PASSWORD,
  query,
  type TestDatabase,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import pg from 'pg'
import { openDoor } from './stage/door.ts'
import { grumpyPostOffice } from './stage/grumpy-post-office.ts'
import { type OwnProcess, startOwnProcess } from './stage/own-process.ts'
import { plainly } from './stage/plain-http.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const HOME = 'http://localhost:9999'

let database: TestDatabase
let post: Awaited<ReturnType<typeof grumpyPostOffice>>
let myanm: OwnProcess
let wire: Wire

beforeAll(async () => {
  database = await withDatabase()
  post = await grumpyPostOffice()
  myanm = await startOwnProcess({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: HOME }),
      client({ id: 'monasbl', name: 'MonASBL', kind: 'site', home: HOME }),
      client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site', home: HOME }),
      client({ id: 'partner', name: 'Site partenaire' }),
      client({ id: 'resource-server', kind: 'resource-server', redirectUris: [] }),
    ],
    environment: { LOG_LEVEL: 'trace', SMTP_URL: post.url.href, HOST: '127.0.0.1' },
  })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await myanm.stop()
  await post.close()
  await database.drop()
})

interface Entry extends Record<string, unknown> {
  readonly event: string
  readonly client_id: string | null
  readonly organisation_id: string | null
  readonly details: Record<string, unknown>
}

const at = (path: string) => new URL(path, myanm.issuer)

async function accountOf(login: string): Promise<string> {
  const [row] = await query<{ id: string }>(database, 'select id from account where login = $1', [
    login,
  ])
  return row?.id ?? ''
}

/** What the journal gained about somebody while something was done. */
async function writtenAbout(login: string | null, deed: () => Promise<unknown>): Promise<Entry[]> {
  const account = login === null ? null : await accountOf(login)
  const [last] = await query<{ id: number }>(
    database,
    'select coalesce(max(id), 0)::int as id from journal',
  )
  await deed()
  return query<Entry>(
    database,
    `select event, client_id, organisation_id, details from journal
      where id > $1 and ($2::uuid is null or account_id = $2) order by id`,
    [last?.id, account],
  )
}

const events = (entries: readonly Entry[]) =>
  entries.map(({ event, client_id }) => `${event} ${client_id}`)

async function comeIn(login: string, client_ = 'guide-social'): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(wire.request(client_).url)
  await typeCredentials(visitor, login)
  return visitor
}

describe('the journal', () => {
  test('is added to by MyANM, and never changed, not even by MyANM', async () => {
    await comeIn('lecteur')
    const own = new pg.Client({ connectionString: database.urlFor('idp').href })
    await own.connect()
    try {
      expect((await own.query('select count(*) from journal')).rows[0]).toBeDefined()
      const forbidden = [
        "update journal set event = 'nothing'",
        'delete from journal',
        'truncate journal',
        'drop table journal',
        'alter table journal add column x int',
        'alter table journal disable trigger all',
        'create rule r as on insert to journal do instead nothing',
        'create trigger t before insert on journal for each row execute function notify_engine()',
        `set role ${database.adminUrl.username}`,
        'alter table account drop column email',
        'create table elsewhere (x int)',
      ]
      // Not an error to PostgreSQL, but of no effect: who owns nothing grants nothing.
      await own.query('grant all on journal to myanm_idp')
      for (const statement of forbidden) {
        await expect(own.query(statement)).rejects.toMatchObject({
          code: expect.stringMatching(/^(42501|42704)$/),
        })
      }
      await expect(
        own.query("insert into journal (id, event) overriding system value values (1, 'forged')"),
      ).rejects.toThrow()
    } finally {
      await own.end()
    }
  })

  test('says who signed in, where, and who was refused', async () => {
    expect(events(await writtenAbout('lecteur', () => comeIn('lecteur')))).toEqual([
      'signed-in guide-social',
      'context-chosen guide-social',
    ])
    const wrong = async () => {
      const visitor = newVisitor()
      await visitor.go(wire.request('monasbl').url)
      await typeCredentials(visitor, 'lecteur', 'not-the-password')
    }
    expect(events(await writtenAbout('lecteur', wrong))).toEqual(['sign-in-refused monasbl'])
    const nobody = async () => {
      const visitor = newVisitor()
      await visitor.go(wire.request().url)
      await typeCredentials(visitor, 'nobody-at-all', 'x')
    }
    expect(events(await writtenAbout(null, nobody))).toEqual(['sign-in-refused guide-social'])
    const suspended = async () => {
      await query(database, "update account set state = 'suspended' where login = 'candidat'")
      await comeIn('candidat')
    }
    const [entry] = await writtenAbout('candidat', suspended)
    expect([entry?.event, entry?.details]).toEqual(['sign-in-refused', { because: 'suspended' }])
  })

  test('says when somebody was locked out', async () => {
    const tries = async () => {
      const door = await openDoor({ issuer: myanm.issuer, wire })
      await door.say('voisin')
      for (let turn = 0; turn < 6; turn += 1) await door.attempt('wrong')
    }
    expect(events(await writtenAbout('voisin', tries)).at(-1)).toBe('sign-in-locked guide-social')
    await query(database, 'delete from attempt')
  })

  test('says for whom somebody acts at a site who had nothing to choose, once', async () => {
    const [tilleuls] = await query<{ id: string }>(
      database,
      "select id from organisation where bce = '0566988259'",
    )
    const come = async () => void (await comeIn('collaborateur', 'monasbl'))
    const written = await writtenAbout('collaborateur', come)
    const acting = written.filter(({ event }) => event === 'context-chosen')
    expect(acting.map(({ client_id, organisation_id }) => [client_id, organisation_id])).toEqual([
      ['monasbl', tilleuls?.id],
    ])
    const own = await writtenAbout('particulier', async () => void (await comeIn('particulier')))
    expect(
      own.filter(({ event }) => event === 'context-chosen').map((line) => line.organisation_id),
    ).toEqual([null])

    // Again at the same site, and then at another: of the first there is nothing new to tell.
    const visitor = await comeIn('collegue')
    const more = await writtenAbout('collegue', async () => {
      for (const site of ['guide-social', 'guide-social', 'monasbl'])
        await wire.newCode(visitor, site)
    })
    expect(events(more)).toEqual(['context-chosen monasbl'])
  })

  test('says for whom somebody chose to act', async () => {
    const visitor = await comeIn('multi')
    const [passage] = await query<{ id: string }>(
      database,
      "select id from organisation where bce = '0314595348'",
    )
    const chosen = await writtenAbout('multi', () =>
      visitor.go(wire.request('guide-social', { organisation: passage?.id ?? '' }).url),
    )
    expect(events(chosen)).toEqual(['context-chosen guide-social'])
    expect(chosen[0]?.organisation_id).toBe(passage?.id)
  })

  test('says what was agreed to, and what was not', async () => {
    const refuse = async () => {
      const visitor = await comeIn('responsable', 'partner')
      await visitor.submit({
        form: 'form[action^="/consentement/"]',
        button: { name: 'decision', value: 'non' },
      })
    }
    expect(events(await writtenAbout('responsable', refuse))).toContain('consent-refused partner')
    const agree = async () => {
      const visitor = await comeIn('responsable', 'partner')
      await visitor.submit({
        form: 'form[action^="/consentement/"]',
        button: { name: 'decision', value: 'oui' },
      })
    }
    const given = await writtenAbout('responsable', agree)
    expect(events(given)).toContain('consent-given partner')
    expect(given.find(({ event }) => event === 'consent-given')?.details).toEqual({
      scopes: 'openid profile email compte organisation',
    })
  })

  test('says when a code or a token was shown twice', async () => {
    const visitor = await comeIn('collegue')
    const code = await wire.newCode(visitor)
    const again = await writtenAbout(null, async () => {
      await wire.redeem(code)
      await wire.redeem(code)
    })
    expect(events(again)).toContain('token-replayed guide-social')
    const atOnce = await wire.newCode(visitor)
    const parallel = await writtenAbout('collegue', () =>
      Promise.all(Array.from({ length: 5 }, () => wire.redeem(atOnce))),
    )
    expect(events(parallel)).toContain('token-replayed guide-social')
    const { refresh } = await wire.tokensOf(visitor)
    const renewed = await writtenAbout('collegue', async () => {
      await wire.refresh(refresh)
      await wire.refresh(refresh)
    })
    expect(events(renewed)).toEqual(['token-replayed guide-social'])
  })

  test('says who asked about tokens of others', async () => {
    const { access } = await wire.tokensOf(await comeIn('collegue', 'monasbl'), 'monasbl')
    const asked = await writtenAbout(null, () => wire.introspect(access, 'resource-server'))
    expect(asked).toEqual([
      {
        event: 'introspection-refused',
        client_id: 'resource-server',
        organisation_id: null,
        details: { about: 'monasbl' },
      },
    ])
  })

  test('says when somebody signed out', async () => {
    const visitor = await comeIn('collegue')
    const left = await writtenAbout('collegue', async () => {
      await visitor.go(at('/logout'))
      await visitor.submit({ button: { name: 'logout', value: 'yes' } })
    })
    expect(events(left)).toEqual(['signed-out null'])
  })
})

describe('nothing that is secret or personal', () => {
  const canary = 'kanarie-Zqxvkj7'
  const from = '127.0.0.53'
  const planted: string[] = []

  beforeAll(async () => {
    const forgery = `${canary}\r\n{"level":30,"msg":"forged ${canary}"}\n`
    const door = await openDoor({ issuer: myanm.issuer, wire }, from, {
      'user-agent': `${canary}-agent`,
      referer: `${HOME}/${canary}`,
    })
    await door.say(`${canary}-login@exemple.be`)
    await door.attempt(`${canary}-password`)
    await door.say(forgery)
    await door.attempt(forgery)
    await door.say('gestionnaire')
    for (let turn = 0; turn < 6; turn += 1) await door.attempt(`${canary}-password-${turn}`)

    const visitor = await comeIn('lecteur')
    const { code, verifier } = await wire.newCode(visitor, 'guide-social', {
      state: `${canary}-state`,
    })
    const tokens = await wire.tokensOf(visitor)
    const [cookie] = await visitor.jar.getCookies(myanm.issuer.href)
    planted.push(code, verifier, tokens.access, tokens.refresh, tokens.id, cookie?.value ?? '')
    await wire.redeem({ code, verifier }, { secret: `${canary}-client-secret` })
    await wire.redeem({ code, verifier })
    await wire.refresh(tokens.refresh)
    await wire.refresh(tokens.refresh)
    await wire.post('/introspect', { token: `${canary}-token` })
    await wire.userinfo(tokens.access)
    for (const path of [
      `/${canary}`,
      `/%0d%0a${canary}`,
      `/?a=${canary}%0d%0aSet-Cookie:x`,
      `/authorize?client_id=${canary}&state=${canary}`,
      `/logout?id_token_hint=${canary}&state=%0a${canary}`,
      `/connexion/${canary}`,
    ]) {
      await plainly(myanm.issuer, {
        path,
        from,
        headers: { host: myanm.issuer.host, accept: 'text/html' },
      })
    }
    // The letter that tells the owner cannot be delivered: its server repeats the address.
    await until(() => post.refused.includes('gestionnaire@exemple.be'), 10_000)
    await until(() => /send-mail/.test(myanm.output()), 5000)
  })

  test('is in the log, at its most talkative', () => {
    const output = myanm.output()
    const [database_] = [new URL(myanm.environment['DATABASE_URL'] ?? '')]
    const secrets = [
      ...planted,
      canary,
      PASSWORD,
      clientSecret,
      from,
      decodeURIComponent(database_.password),
      ...['COOKIE_KEY', 'KEY_ENCRYPTION_KEY', 'PAIRWISE_SALT'].map(
        (name) => myanm.environment[name] ?? '',
      ),
      'lecteur',
      'gestionnaire',
      '@exemple.be',
      'Dupont',
    ]
    for (const secret of secrets) {
      expect(secret).not.toBe('')
      const line = output.split('\n').find((written) => written.includes(secret))
      expect([secret, line]).toEqual([secret, undefined])
    }
  })

  test('makes a line of its own in the log', () => {
    const lines = myanm.output().trim().split('\n')
    expect(lines.length).toBeGreaterThan(50)
    for (const line of lines) {
      const written = JSON.parse(line) as Record<string, unknown>
      expect(written['service']).toBe('idp')
      expect(written['time']).toEqual(expect.any(String))
    }
  })

  test('is in the journal, or in what the job queue keeps', async () => {
    const journal = await query<{ text: string }>(
      database,
      'select journal::text as text from journal',
    )
    const jobs = await query<{ text: string }>(
      database,
      'select payload::text || coalesce(last_error, $1) as text from idp_jobs._private_jobs',
      [''],
    )
    expect(journal.length).toBeGreaterThan(10)
    expect(jobs.length).toBeGreaterThan(0)
    for (const { text } of [...journal, ...jobs]) {
      for (const word of [...planted, canary, '@', 'Dupont', 'lecteur', from]) {
        expect(text).not.toContain(word)
      }
    }
  })
})
