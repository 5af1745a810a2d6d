import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrange,
  arrangeState,
  client,
  newVisitor,
  PASSWORD,
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { type ListeningSite, listeningSite } from './stage/listening-site.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const HOME = 'http://localhost:9999'

let database: TestDatabase
let myanm: TestIdp
let site: ListeningSite
let wire: Wire

beforeAll(async () => {
  database = await withDatabase()
  site = await listeningSite()
  myanm = await startTestIdp({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: site.home }),
      client({ id: 'monasbl', name: 'MonASBL', kind: 'site', home: HOME }),
      client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site', home: HOME }),
      client({ id: 'partner', name: 'Site partenaire' }),
    ],
  })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await myanm.stop()
  await site.close()
  await database.drop()
})

const LEAVE = '/compte/donnees/suppression'
const at = (path: string) => new URL(path, myanm.issuer)
const accountOf = (key: string) => myanm.accounts.get(key) ?? ''

async function stateOf(key: string): Promise<string | undefined> {
  const [row] = await query<{ state: string }>(
    database,
    'select state from account where id = $1',
    [accountOf(key)],
  )
  return row?.state
}

/** As if nothing had been asked. */
async function asBefore(key: string): Promise<void> {
  await arrangeState(database, accountOf(key), 'active')
  await query(database, 'delete from letter where account_id = $1', [accountOf(key)])
  await query(database, 'delete from proof where account_id = $1', [accountOf(key)])
  await query(database, 'delete from attempt')
  myanm.letters.length = 0
}

async function comeIn(login: string, path = LEAVE): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(at(path))
  await typeCredentials(visitor, login)
  return visitor
}

const confirmed = { form: `form[action="${LEAVE}"]`, fields: { compris: 'oui' } }

/** Somebody who has just asked for their account to be deleted. */
async function leaving(login: string): Promise<{ visitor: Visitor; page: Page }> {
  const visitor = await comeIn(login)
  const page = await visitor.submit(confirmed)
  return { visitor, page }
}

interface Told {
  readonly link: URL
  readonly code: string
  readonly text: string
}

/** What the letter about it says. */
async function letterTo(login: string): Promise<Told> {
  const about = () =>
    myanm.letters.findLast(
      ({ to, subject }) =>
        to === `${login}@exemple.be` && subject === 'Suppression de votre compte',
    )
  await until(() => about() !== undefined)
  const text = about()?.text ?? ''
  return {
    link: new URL(/https?:\/\/\S+\/suppression\/\S+/.exec(text)?.[0] ?? ''),
    code: /\b(\d{4} \d{4})\b/.exec(text)?.[1] ?? '',
    text,
  }
}

const eventsOf = async (key: string): Promise<string[]> =>
  (
    await query<{ event: string }>(
      database,
      'select event from journal where account_id = $1 order by id',
      [accountOf(key)],
    )
  ).map(({ event }) => event)

describe('before anything happens', () => {
  test('the page says what will end, and when', async () => {
    const { page } = await comeIn('collaborateur')
    expect(page?.status).toBe(200)
    for (const words of [
      'Vous serez déconnecté de tous vos appareils.',
      'Vous ne pourrez plus vous connecter à : Guide Social, MonASBL.',
      'Vous ne ferez plus partie de Les Tilleuls ASBL (Collaborateur).',
      'signées « ancien membre »',
      'Téléchargez vos données',
    ]) {
      expect(page?.text).toContain(words)
    }
    expect(page?.text).toMatch(/Votre compte sera supprimé le \d\d\/\d\d\/\d{4}/)
  })

  test('nothing is asked for without having said that it was read', async () => {
    const visitor = await comeIn('collaborateur')
    const page = await visitor.submit({ form: confirmed.form })
    expect(page.status).toBe(422)
    expect(page.text).toContain('Cochez la case')
    expect(await stateOf('collaborateur')).toBe('active')
  })

  test('whoever proved who they are too long ago does it again', async () => {
    const visitor = await comeIn('collaborateur')
    await arrange(
      database,
      `update oidc_artefact set payload = (payload::jsonb || jsonb_build_object('loginTs',
        (payload ->> 'loginTs')::int - 601))::json where kind = 'Session' and account_id = $1`,
      [accountOf('collaborateur')],
    )
    const page = await visitor.submit(confirmed)
    expect(page.url.pathname).toMatch(/^\/connexion\//)
    expect(await stateOf('collaborateur')).toBe('active')
  })

  test('who leads an organisation is told so, with a way forward (E16)', async () => {
    const visitor = await comeIn('gestionnaire')
    const page = visitor.page as Page
    expect(page.text).toContain(
      "Vous êtes gestionnaire de Les Tilleuls ASBL. Transférez d'abord ce rôle à un responsable.",
    )
    expect(page.$('main a[href$="/gestionnaire"]').length).toBe(1)
    expect(page.$(`form[action="${LEAVE}"]`).length).toBe(0)
    const jeton = String(page.$('input[name=jeton]').first().attr('value') ?? '')
    const forced = await visitor.post(at(LEAVE), { jeton, compris: 'oui' })
    expect([403, 409]).toContain(forced.status)
    expect(await stateOf('gestionnaire')).toBe('active')
  })

  test('leading one and leaving never go together, whichever comes first', async () => {
    const becomes = `update membership set role = 'GESTIONNAIRE' where role = 'RESPONSABLE'
      and account_id = $1`
    const lower = `update membership set role = 'RESPONSABLE' where role = 'GESTIONNAIRE'
      and organisation_id = (select organisation_id from membership where account_id = $1)`
    const account = accountOf('responsable')
    for (let round = 0; round < 10; round += 1) {
      const { visitor } = { visitor: await comeIn('responsable') }
      const handOver = query(
        database,
        `do $$ begin ${lower.replace('$1', `'${account}'`)}; ${becomes.replace('$1', `'${account}'`)}; end $$`,
      ).then(
        () => true,
        (error: { constraint?: string }) => {
          expect(error.constraint).toBe('manager_stays')
          return false
        },
      )
      const [leads, page] = await Promise.all([handOver, visitor.submit(confirmed)])
      const leaves = (await stateOf('responsable')) === 'deletion_requested'
      expect([round, leads, leaves, page.status]).toEqual([round, leads, !leads, leads ? 409 : 200])
      if (leads) {
        await query(
          database,
          `do $$ begin
            update membership set role = 'RESPONSABLE' where account_id = '${account}';
            update membership set role = 'GESTIONNAIRE'
              where account_id = '${accountOf('gestionnaire')}';
          end $$`,
        )
      }
      await asBefore('responsable')
    }
  })
})

describe('once it is asked for', () => {
  test('everything ends now: sessions, tokens, sites; and the mail says until when', async () => {
    await asBefore('lecteur')
    const visitor = await comeIn('lecteur')
    const elsewhere = await comeIn('lecteur', '/compte')
    const { access, refresh } = await wire.tokensOf(elsewhere)
    site.forget()
    await visitor.go(at(LEAVE))
    const page = await visitor.submit(confirmed)
    expect(page.url.pathname).toBe('/suppression')
    expect(page.text).toContain('Votre compte va être supprimé')
    expect(await stateOf('lecteur')).toBe('deletion_requested')

    expect((await wire.introspect(access))['active']).toBe(false)
    expect((await wire.refresh(refresh)).status).toBe(400)
    expect((await wire.userinfo(access)).status).toBe(401)
    for (const browser of [visitor, elsewhere]) {
      expect((await browser.go(at('/compte'))).url.pathname).toMatch(/^\/connexion\//)
    }
    await until(() => site.tokens.length === 1)

    const { text } = await letterTo('lecteur')
    const day = /jusqu’au (\d\d\/\d\d\/\d{4})/.exec(page.text)?.[1]
    expect(day).toBeDefined()
    expect(text).toContain(`Le ${day}`)
    expect(await eventsOf('lecteur')).toContain('deletion-asked')
  })

  test('asked for twice at once, it is asked for once', async () => {
    await asBefore('lecteur')
    const visitors = await Promise.all([comeIn('lecteur'), comeIn('lecteur'), comeIn('lecteur')])
    await Promise.all(visitors.map((visitor) => visitor.submit(confirmed)))
    await letterTo('lecteur')
    const letters = await query(
      database,
      "select from letter where account_id = $1 and code = 'deletion'",
      [accountOf('lecteur')],
    )
    expect(letters).toHaveLength(1)
  })

  test('no token is given or good at any moment after it is said to be done (I1)', async () => {
    await asBefore('collegue')
    const visitor = await comeIn('collegue')
    let { access, refresh } = await wire.tokensOf(visitor)
    let done = Number.POSITIVE_INFINITY
    const late: string[] = []
    let isOver = false
    const traffic = async (name: string, ask: () => Promise<boolean>) => {
      while (!isOver) {
        const started = performance.now()
        const succeeded = await ask()
        if (succeeded && started > done) late.push(name)
      }
    }
    const going = Promise.all([
      traffic('refresh', async () => {
        const { status, body } = await wire.refresh(refresh)
        if (status !== 200) return false
        access = String(body['access_token'])
        refresh = String(body['refresh_token'])
        return true
      }),
      traffic('introspect', async () => (await wire.introspect(access))['active'] === true),
      traffic('userinfo', async () => (await wire.userinfo(access)).status === 200),
      traffic('authorize', async () => {
        const { url } = wire.request()
        const response = await visitor.request(url)
        await response.body?.cancel()
        return response.headers.get('location')?.includes('code=') ?? false
      }),
    ])
    await new Promise((resolve) => setTimeout(resolve, 300))
    await visitor.go(at(LEAVE))
    expect((await visitor.submit(confirmed)).url.pathname).toBe('/suppression')
    done = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 700))
    isOver = true
    await going
    expect(late).toEqual([])
  })
})

describe('whoever changes their mind', () => {
  test('keeps the account by the link; looking at it, and scanners, change nothing', async () => {
    await asBefore('independant')
    await leaving('independant')
    const { link } = await letterTo('independant')
    for (const method of ['HEAD', 'GET', 'GET', 'HEAD']) {
      const response = await fetch(link, { method })
      await response.body?.cancel()
      expect(response.status).toBe(200)
    }
    expect(await stateOf('independant')).toBe('deletion_requested')

    const anybody = newVisitor()
    await anybody.go(link)
    expect(anybody.page?.text).toMatch(/Votre compte sera supprimé le/)
    const page = await anybody.submit()
    expect(page.text).toContain('Votre compte est gardé')
    expect(await stateOf('independant')).toBe('active')
    expect((await anybody.go(link)).text).toContain('Votre compte est gardé')
    expect((await comeIn('independant', '/compte')).page?.url.pathname).toBe('/compte')
    expect(await eventsOf('independant')).toContain('deletion-cancelled')
  })

  test('keeps it by the code, on the page that came after', async () => {
    await asBefore('independant')
    const { visitor } = await leaving('independant')
    const { code } = await letterTo('independant')
    for (const wrong of ['0000 0001', 'abcd', '']) {
      const page = await visitor.submit({
        form: 'form[action="/suppression"]',
        fields: { code: wrong },
      })
      expect(page.status).toBe(422)
    }
    const page = await visitor.submit({ form: 'form[action="/suppression"]', fields: { code } })
    expect(page.text).toContain('Votre compte est gardé')
    expect(await stateOf('independant')).toBe('active')
    expect((await visitor.go(at('/suppression'))).text).toContain('Votre compte est gardé')
  })

  test('cannot have the code guessed by somebody else: five tries, and only where it was asked', async () => {
    await asBefore('independant')
    const { visitor } = await leaving('independant')
    const { code } = await letterTo('independant')
    const stranger = newVisitor()
    await stranger.go(at('/suppression'))
    expect(stranger.page?.$('input[name=code]').length).toBe(0)
    for (let turn = 0; turn < 5; turn += 1) {
      await visitor.submit({
        form: 'form[action="/suppression"]',
        fields: { code: `0000 000${turn}` },
      })
    }
    const page = await visitor.submit({ form: 'form[action="/suppression"]', fields: { code } })
    expect(page.text).toContain('Trop de codes ont été essayés.')
    expect(await stateOf('independant')).toBe('deletion_requested')
  })

  test('keeps it by signing in, and is signed in', async () => {
    await asBefore('independant')
    await leaving('independant')
    const { link } = await letterTo('independant')
    const visitor = newVisitor()
    await visitor.go(wire.request().url)
    const page = await typeCredentials(visitor, 'independant')
    expect(page.url.pathname).toMatch(/^\/connexion\/[\w-]+\/suppression$/)
    expect(await stateOf('independant')).toBe('deletion_requested')
    const back = await visitor.submit()
    expect(back.url.searchParams.get('code')).not.toBeNull()
    expect(await stateOf('independant')).toBe('active')
    // The link of the mail has nothing left to do, and says so.
    const late = await newVisitor().go(link)
    expect([late.status, late.text.includes('Garder mon compte')]).toEqual([410, false])
  })

  test('is told nothing without the right password', async () => {
    await asBefore('independant')
    await leaving('independant')
    const visitor = newVisitor()
    await visitor.go(wire.request().url)
    const page = await typeCredentials(visitor, 'independant', 'pas le bon mot de passe')
    expect(page.text).toContain('Identifiant ou mot de passe incorrect.')
    expect(page.text).not.toContain('supprim')
    const journey = visitor.page?.url.pathname.split('/')[2] ?? ''
    const ahead = await visitor.go(at(`/connexion/${journey}/suppression`))
    expect(ahead.url.pathname).toBe(`/connexion/${journey}`)
  })

  test('twenty times at once, does so once', async () => {
    await asBefore('independant')
    await leaving('independant')
    const { link } = await letterTo('independant')
    const visitor = newVisitor()
    const page = await visitor.go(link)
    const jeton = String(page.$('input[name=jeton]').attr('value'))
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await visitor.request(link, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ jeton }).toString(),
        })
        await response.body?.cancel()
        expect(response.status).toBeLessThan(500)
      }),
    )
    const before = (await eventsOf('independant')).filter((event) => event === 'deletion-cancelled')
    const [last] = await query<{ count: number }>(
      database,
      `select count(*)::int as count from journal where account_id = $1 and event = 'deletion-cancelled'
        and id > (select max(id) from journal where account_id = $1 and event = 'deletion-asked')`,
      [accountOf('independant')],
    )
    expect(before.length).toBeGreaterThan(0)
    expect(last?.count).toBe(1)
  })

  test.each(['x', 'a'.repeat(64), `${'A'.repeat(22)}.${'A'.repeat(43)}`, '%00'])(
    'with a link that is not ours (%s) is told what to do next',
    async (token) => {
      const page = await newVisitor().go(at(`/suppression/${token}`))
      expect(page.status).toBeGreaterThanOrEqual(300)
      expect(page.status).toBeLessThan(500)
      expect(page.$('main a').length).toBeGreaterThan(0)
    },
  )
})

describe('after seven days', () => {
  const eraseDue = async () => {
    const [job] = await query<{ id: string }>(
      database,
      "select id::text from idp_jobs.add_job('erase-due', '{}')",
    )
    await until(
      async () =>
        (await query(database, 'select from idp_jobs._private_jobs where id = $1', [job?.id]))
          .length === 0,
      30_000,
    )
  }
  const askedAgo = (key: string, ago: string) =>
    arrange(
      database,
      'update account set deletion_requested_at = now() - $2::interval where id = $1',
      [accountOf(key), ago],
    )

  test('and not before, the account is erased', async () => {
    await asBefore('particulier')
    await asBefore('lecteur')
    await leaving('particulier')
    await leaving('lecteur')
    await askedAgo('particulier', '6 days 23 hours 59 minutes 40 seconds')
    await askedAgo('lecteur', '7 days 1 second')
    await eraseDue()
    expect(await stateOf('particulier')).toBe('deletion_requested')
    expect(await stateOf('lecteur')).toBe('deleted')
    const [row] = await query(
      database,
      `select login, email, email_confirmed_at, password_hash, given_name, family_name,
          registered_at_client, deletion_requested_at, language, account_type
        from account where id = $1`,
      [accountOf('lecteur')],
    )
    expect(row).toEqual({
      login: null,
      email: null,
      email_confirmed_at: null,
      password_hash: null,
      given_name: null,
      family_name: null,
      registered_at_client: null,
      deletion_requested_at: null,
      language: 'fr',
      account_type: 'particulier',
    })
    const memberships = await query(
      database,
      'select state, until is not null as ended from membership where account_id = $1',
      [accountOf('lecteur')],
    )
    expect(memberships).toEqual([{ state: 'left', ended: true }])
    expect(await eventsOf('lecteur')).toContain('account-erased')
  })

  test('the link says it is too late, and the password opens nothing', async () => {
    await asBefore('candidat')
    const { visitor } = await leaving('candidat')
    const { link } = await letterTo('candidat')
    await askedAgo('candidat', '7 days 1 second')
    await arrange(
      database,
      "update proof set expires_at = now() - interval '1 second' where account_id = $1",
      [accountOf('candidat')],
    )
    expect((await newVisitor().go(link)).status).toBe(410)
    await eraseDue()
    expect((await newVisitor().go(link)).text).toContain('Ce lien ne fonctionne plus')
    expect((await visitor.go(at('/suppression'))).text).toContain('Ce lien ne fonctionne plus')
    const late = newVisitor()
    await late.go(wire.request().url)
    const page = await typeCredentials(late, 'candidat', PASSWORD)
    expect(page.text).toContain('Identifiant ou mot de passe incorrect.')
  })

  test('login and address are free again; whoever takes them is somebody else (8.2, 6 and 15)', async () => {
    const [row] = await query<{ id: string }>(
      database,
      `insert into account (account_type, state, login, email) values
        ('particulier', 'unconfirmed', 'lecteur', 'lecteur@exemple.be') returning id`,
    )
    expect(row?.id).not.toBe(accountOf('lecteur'))
    const statement = 'insert into account (id, account_type, state) values ($1, $2, $3)'
    await expect(
      query(database, statement, [accountOf('lecteur'), 'particulier', 'unconfirmed']),
    ).rejects.toMatchObject({ code: '23505' })
    await expect(
      query(database, "update account set state = 'active' where id = $1", [accountOf('lecteur')]),
    ).rejects.toMatchObject({ constraint: 'account_moves_as_drawn' })
  })
})
