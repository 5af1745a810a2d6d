import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrange,
  client,
  newVisitor,
  query,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { type ListeningSite, listeningSite } from './stage/listening-site.ts'
import { type OwnProcess, startOwnProcess } from './stage/own-process.ts'
import { MARK, plant, proveTwice } from './stage/plant.ts'
import { openPostOffice, type PostOffice } from './stage/post-office.ts'
import { codeIn, GOOD_PASSWORD, linkIn, register } from './stage/registering.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

/** A person whose every word is known again: made up, and like nobody else's. */
const PERSON = {
  email: 'quirinalde.vandenzonnebloem@exemple.be',
  login: 'quirinalde77',
  givenName: 'Quirinalde',
  familyName: 'Vandenzonnebloem',
  phone: '0470 98 71 23',
  street: 'Impasse du Zonnebloem 77',
  newEmail: 'q.zonnebloem@exemple.be',
  message: 'Bonjour, je suis Quirinalde et mon chat écrit aussi.',
  address: '203.0.113.77',
  agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:777.0) Gecko/20100101 Firefox/777.0 Quirinalde',
} as const

/** Whatever of it would betray her, however it is written. */
const TRACES = [
  'quirinalde',
  'zonnebloem',
  '0470987123',
  '470987123',
  '0470 98 71 23',
  '203.0.113',
  '777.0',
  MARK,
]

let database: TestDatabase
let post: PostOffice
let site: ListeningSite
let myanm: OwnProcess
let wire: Wire
let account: string

beforeAll(async () => {
  database = await withDatabase()
  post = await openPostOffice()
  site = await listeningSite()
  myanm = await startOwnProcess({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: site.home }),
      client({ id: 'monasbl', name: 'MonASBL', kind: 'site', home: site.home }),
      client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site', home: site.home }),
      client({ id: 'partner', name: 'Site partenaire' }),
    ],
    environment: { LOG_LEVEL: 'trace', SMTP_URL: post.url.href, TRUSTED_PROXIES: '1' },
  })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await myanm.stop()
  await post.close()
  await site.close()
  await database.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)

/** A browser that says what browsers say, from an address that is known again. */
function herBrowser(): Visitor {
  const visitor = newVisitor()
  const plainly = visitor.request.bind(visitor)
  visitor.request = (url, init) => {
    const headers = new Headers(init?.headers)
    headers.set('user-agent', PERSON.agent)
    headers.set('x-forwarded-for', PERSON.address)
    return plainly(url, { ...init, headers })
  }
  return visitor
}

async function letterTo(address: string, subject: RegExp) {
  const found = () =>
    post.letters.findLast(
      ({ to, mail }) => to.includes(address) && subject.test(mail.subject ?? ''),
    )
  await until(() => found() !== undefined, 10_000)
  const { mail } = found() ?? {}
  return {
    to: address,
    subject: mail?.subject ?? '',
    text: mail?.text ?? '',
    html: mail?.html ?? '',
  }
}

async function done(job: 'erase-due' | 'forget-old' | 'sweep-expired'): Promise<void> {
  const [added] = await query<{ id: string }>(
    database,
    "select id::text from idp_jobs.add_job($1, '{}')",
    [job],
  )
  await until(
    async () =>
      (await query(database, 'select from idp_jobs._private_jobs where id = $1', [added?.id]))
        .length === 0,
    30_000,
  )
}

/** Every line of every table of every schema, as text: where a trace may be, in any column. */
async function whereverFound(words: readonly string[]): Promise<string[]> {
  const tables = await query<{ place: string }>(
    database,
    `select format('%I.%I', table_schema, table_name) as place from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema !~ '^(pg_|information_schema)' order by 1`,
  )
  expect(tables.length).toBeGreaterThan(40)
  const found: string[] = []
  for (const { place } of tables) {
    const rows = await query<{ word: string }>(
      database,
      `select distinct word from ${place} as line, unnest($1::text[]) as word
        where position(word in lower(line::text)) > 0
          or position(encode(convert_to(word, 'utf8'), 'hex') in line::text) > 0`,
      [words],
    )
    found.push(...rows.map(({ word }) => `${place}: ${word}`))
  }
  return found
}

describe('a person who came, stayed a while, and left', () => {
  beforeAll(async () => {
    await liveALife()
  }, 120_000)

  test('left traces as long as she was there: else this test proves nothing', async () => {
    const found = await whereverFound(['quirinalde', 'zonnebloem', MARK])
    for (const table of ['account', 'account_identifier', 'contact_message', 'letter', 'proof']) {
      expect(found.map((one) => one.split(':')[0])).toContain(`idp.${table}`)
    }
    expect(found).toContain(`idp_jobs._private_jobs: ${MARK}`)
  })

  test('leaves, seven days later, none in any table, and none in the queue', async () => {
    await arrange(
      database,
      "update account set deletion_requested_at = now() - interval '7 days 1 second' where id = $1",
      [account],
    )
    // A journey lives for an hour, and is swept an hour later: seven days are longer.
    await arrange(
      database,
      `update oidc_artefact set expires_at = now() - interval '2 hours'
        where kind in ('Interaction', 'PushedAuthorizationRequest')`,
    )
    await done('sweep-expired')
    await done('erase-due')
    expect(await whereverFound(TRACES)).toEqual([])
  })

  test('is a number that leads nowhere: that there was somebody, what happened, and a membership that ended', async () => {
    expect(await whereverFound([account])).toEqual([
      `idp.account: ${account}`,
      `idp.journal: ${account}`,
      `idp.membership: ${account}`,
      // For thirty days: what its sites were told when it ended.
      `idp.signal: ${account}`,
      `idp.signal_delivery: ${account}`,
    ])
  })

  test('never was in the log, at its most talkative', () => {
    const output = myanm.output()
    expect(output.split('\n').length).toBeGreaterThan(50)
    for (const word of [...TRACES, GOOD_PASSWORD]) {
      const line = output.split('\n').find((one) => one.toLowerCase().includes(word))
      expect([word, line]).toEqual([word, undefined])
    }
  })
})

/** Through the doors a person uses: she registers, signs in, tells, asks, writes, and leaves. */
async function liveALife(): Promise<void> {
  const visitor = herBrowser()
  const here = { issuer: myanm.issuer, letters: [] } as unknown as TestIdp
  await register(here, PERSON.email, {
    visitor,
    fields: { prenom: PERSON.givenName, nom: PERSON.familyName, login: PERSON.login },
  })
  const welcome = await letterTo(PERSON.email, /confirm/i)
  expect(codeIn(welcome)).toMatch(/\d{4} \d{4}/)
  await visitor.go(linkIn(welcome))
  await visitor.submit()
  const [row] = await query<{ id: string; state: string }>(
    database,
    'select id, state from account where email = $1',
    [PERSON.email],
  )
  expect(row?.state).toBe('active')
  account = row?.id ?? ''

  // Somebody types a wrong password for her; she signs in to two sites, and a partner of the house.
  const wrong = herBrowser()
  await wrong.go(wire.request('monasbl').url)
  await wrong.submit({ fields: { identifiant: PERSON.login } })
  await wrong.submit({ fields: { mot_de_passe: 'Quirinalde se trompe' } })
  await wrong.submit({ fields: { mot_de_passe: GOOD_PASSWORD } })
  await wrong.go(wire.request('guide-social', { login_hint: PERSON.email }).url)
  await wrong.go(wire.request('partner').url)
  if (wrong.page?.url.pathname.startsWith('/consentement/')) {
    await wrong.submit({
      form: 'form[action^="/consentement/"]',
      button: { name: 'decision', value: 'oui' },
    })
  }

  await wrong.go(at('/contact'))
  await wrong.submit({
    form: 'main form[action^="/contact"]',
    fields: {
      nom: `${PERSON.givenName} ${PERSON.familyName}`,
      email: PERSON.email,
      message: PERSON.message,
    },
  })
  // Asked for again by somebody who is not signed in: the forgotten password, the forgotten login.
  const stranger = herBrowser()
  await stranger.go(at('/mot-de-passe/oublie'))
  await stranger.submit({ form: 'main form', fields: { identifiant: PERSON.email } })

  // Whatever else may ever be kept of a person, in every table that there is.
  await plant(database, {
    account,
    team: [await someone('voisin'), await someone('multi')],
  })
  // All but the journal, which takes codes and identifiers only; `journal.test.ts` holds it to that.
  await arrange(database, `delete from journal where details::text like '%${MARK}%'`)
  await arrange(
    database,
    'update account set given_name = $2, family_name = $3, login = $4, email = $5 where id = $1',
    [account, PERSON.givenName, PERSON.familyName, PERSON.login, PERSON.email],
  )
  await arrange(database, 'update profile set phone = $2, street = $3 where account_id = $1', [
    account,
    PERSON.phone,
    PERSON.street,
  ])
  await arrange(
    database,
    `select idp_jobs.add_job('backchannel-logout', json_build_object('client', 'guide-social',
      'account', $1::text, 'sid', 'sid-${MARK}'), run_at => now() + interval '1 year')`,
    [account],
  )

  await decideForOthers()
  await proveTwice(database, account)
  await wrong.go(at('/compte/donnees/suppression'))
  const page = await wrong.submit({
    form: 'form[action="/compte/donnees/suppression"]',
    fields: { compris: 'oui' },
  })
  expect(page.url.pathname).toBe('/suppression')
  await letterTo(PERSON.email, /Suppression de votre compte/)
}

/** In an organisation she is invited, invites, decides, and is named in letters to others. */
async function decideForOthers(): Promise<void> {
  const other = await someone('collegue')
  for (const text of [
    `insert into invitation (organisation_id, email, role, invited_by)
      select id, '${PERSON.email}', 'LECTEUR', $2::uuid from organisation
        where $1::uuid is not null order by id limit 1`,
    `insert into invitation (organisation_id, email, role, message, invited_by)
      select id, 'autre@exemple.be', 'LECTEUR', 'Venez ! Quirinalde', $1::uuid
        from organisation where $2::uuid is not null order by id limit 1`,
    `insert into join_request (organisation_id, account_id, state, settled_at, decided_by)
      select id, $2::uuid, 'refused', now(), $1::uuid from organisation order by id limit 1`,
    'update organisation set registered_by = $1::uuid where $2::uuid is not null',
    `insert into letter (code, account_id, state, settled_at, details) values ('activated', $2::uuid,
      'sent', now(),
      jsonb_build_object('person', '${PERSON.givenName} ${PERSON.familyName}', 'asked', $1::uuid is null))`,
  ]) {
    await arrange(database, text, [account, other])
  }
}

async function someone(login: string): Promise<string> {
  const [row] = await query<{ id: string }>(database, 'select id from account where login = $1', [
    login,
  ])
  return row?.id ?? ''
}
