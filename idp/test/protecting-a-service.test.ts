import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  client,
  clientSecret,
  query,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  withDatabase,
} from '@myanm/testing'
import { type AdsService, adsService } from './stage/ads-service.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

// Specification M67, 7.5, acceptance journey 13: a service that knows MyANM by HTTP alone.

const HOME = 'http://localhost:9999'
const server = { kind: 'resource-server', redirectUris: [] } as const

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
let service: AdsService

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: HOME }),
      client({ id: 'monasbl', name: 'MonASBL', kind: 'site', home: HOME }),
      client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site', home: HOME }),
      client({ id: 'ads', ...server, introspects: ['guide-social'] }),
      client({ id: 'stranger', ...server, introspects: [] }),
    ],
  })
  wire = onTheWire(myanm.issuer)
  await query(
    database,
    "update resource_server set scopes = array['compte', 'organisation'] where client_id = 'ads'",
  )
  service = await startService('ads', clientSecret)
})

afterAll(async () => {
  await service.close()
  await myanm.stop()
  await database.drop()
})

const startService = (id: string, secret: string): Promise<AdsService> =>
  adsService({ introspection: new URL('/introspect', myanm.issuer), client: id, secret })

/** Somebody who is signed in at a site, and the token the site calls the service with. */
async function signedIn(login: string, site = 'guide-social') {
  const { visitor } = await signInAs(myanm.issuer, login, { client: site })
  return { visitor, ...(await wire.tokensOf(visitor, site)) }
}

const read = async (token: string, at = service): Promise<number> =>
  (await fetch(at.origin, { headers: { authorization: `Bearer ${token}` } })).status

const write = async (token: string, at = service): Promise<number> => {
  const headers = { authorization: `Bearer ${token}` }
  const body = new URLSearchParams({ title: 'Éducateur, mi-temps' })
  return (await fetch(at.origin, { method: 'POST', headers, body })).status
}

/** The command itself, in a process of its own. */
async function command(...words: string[]): Promise<string> {
  const key = 'x'.repeat(43)
  const env = {
    ...{ DATABASE_URL: database.urlFor('idp').href, PORT: '3000' },
    ...{ PUBLIC_URL: 'http://localhost:3000', SMTP_URL: 'smtp://127.0.0.1:1' },
    ...{ COOKIE_KEY: key, KEY_ENCRYPTION_KEY: key, PAIRWISE_SALT: key },
    MAIL_FROM: 'MyANM <ne-pas-repondre@exemple.be>',
  }
  const main = join(import.meta.dirname, '../src/commands/services.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...words], { env })
  return stdout
}

const both = async (token: string, at = service) => [await read(token, at), await write(token, at)]

describe('a service protects what it keeps by the role of the moment', () => {
  test.each([
    ['lecteur', [200, 403]],
    ['collaborateur', [200, 201]],
    ['responsable', [200, 201]],
    ['gestionnaire', [200, 201]],
    ['particulier', [403, 403]],
  ])('%s reads and writes: %j', async (login, expected) => {
    expect(await both((await signedIn(login)).access)).toEqual(expected)
  })

  test('what is written belongs to the organisation the token acts for', async () => {
    await write((await signedIn('collaborateur')).access)
    const here = myanm.organisations.get('tilleuls')
    expect(service.ads.every(({ organisation }) => organisation === here)).toBe(true)
    const { access } = await signedIn('voisin')
    const response = await fetch(service.origin, { headers: { authorization: `Bearer ${access}` } })
    expect(await response.json()).toEqual([])
  })

  test('without a token, or with what is none, nobody comes in', async () => {
    expect((await fetch(service.origin)).status).toBe(401)
    expect(await both('a-token-nobody-was-ever-given-0123456789')).toEqual([401, 401])
    const { refresh, id } = await signedIn('collaborateur')
    expect(await both(refresh)).toEqual([401, 401])
    expect(await both(id)).toEqual([401, 401])
  })
})

describe('what is taken away is gone at the next call', () => {
  let access: string
  let visitor: Awaited<ReturnType<typeof signedIn>>['visitor']
  const account = () => myanm.accounts.get('collegue') ?? ''
  beforeEach(async () => {
    ;({ access, visitor } = await signedIn('collegue'))
    expect(await both(access)).toEqual([200, 201])
  })

  afterEach(async () => {
    await query(
      database,
      "update membership set role = 'COLLABORATEUR', state = 'active', until = null where account_id = $1",
      [account()],
    )
    await query(database, "update account set state = 'active' where id = $1", [account()])
    await query(database, "update organisation set state = 'active' where state = 'closed'")
  })

  const change = (text: string) => query(database, text, [account()])

  test('a role that is lowered reads on and writes no more', async () => {
    await change("update membership set role = 'LECTEUR' where account_id = $1")
    expect(await both(access)).toEqual([200, 403])
  })

  test.each(['removed', 'left'])('somebody who is %s is refused', async (state) => {
    await change(`update membership set state = '${state}', until = now() where account_id = $1`)
    expect(await both(access)).toEqual([401, 401])
  })

  test('a suspended account is refused', async () => {
    await change("update account set state = 'suspended' where id = $1")
    expect(await both(access)).toEqual([401, 401])
  })

  test('a closed organisation is refused', async () => {
    await query(database, "update organisation set state = 'closed' where bce = '0566988259'")
    expect(await both(access)).toEqual([401, 401])
  })

  test('a session that has ended takes its tokens along', async () => {
    await visitor.go(new URL('/logout', myanm.issuer))
    await visitor.submit({ button: { name: 'logout', value: 'yes' } })
    expect(await both(access)).toEqual([401, 401])
  })

  test('fifty changes, fifty calls: none sees a role that was taken back', async () => {
    for (const turn of Array.from({ length: 50 }).keys()) {
      const role = turn % 2 === 0 ? 'LECTEUR' : 'COLLABORATEUR'
      await change(`update membership set role = '${role}' where account_id = $1`)
      expect(await write(access)).toBe(turn % 2 === 0 ? 403 : 201)
    }
  })
})

describe('a service is told about its own tokens only', () => {
  test('another site’s token opens nothing, and the question is written down', async () => {
    const { access } = await signedIn('gestionnaire', 'monasbl')
    expect(await both(access)).toEqual([401, 401])
    const asked = await query(
      database,
      `select details->>'about' as about from journal
        where event = 'introspection-refused' and client_id = 'ads' order by id desc limit 2`,
    )
    expect(asked).toEqual([{ about: 'monasbl' }, { about: 'monasbl' }])
  })

  test('a token meant for it by its audience does, whatever the site', async () => {
    const { visitor } = await signInAs(myanm.issuer, 'gestionnaire', { client: 'monasbl' })
    const { access } = await wire.tokensOf(visitor, 'monasbl', { resource: 'urn:myanm:ads' })
    expect(await both(access)).toEqual([200, 201])
    const stranger = await startService('stranger', clientSecret)
    expect(await both(access, stranger)).toEqual([401, 401])
    await stranger.close()
  })

  test('its own secret wrong: it is told so, and fails closed', async () => {
    const { access } = await signedIn('gestionnaire')
    const mistaken = await startService('ads', 'another-secret')
    expect(await both(access, mistaken)).toEqual([503, 503])
    expect(mistaken.answers).toEqual([401, 401])
    await mistaken.close()
    const { status, body } = await wire.post(
      '/introspect',
      { token: access },
      { client: 'ads', secret: 'another-secret' },
    )
    expect([status, body['error']]).toEqual([401, 'invalid_client'])
  })

  test('a policy is data: given by a command, it holds; taken back, it does not', async () => {
    const { access } = await signedIn('collaborateur')
    const stranger = await startService('stranger', clientSecret)
    expect(await read(access, stranger)).toBe(401)
    expect(await command('allow', 'stranger', 'guide-social')).toContain('guide-social')
    await until(async () => (await read(access, stranger)) === 200)
    await command('refuse', 'stranger', 'guide-social')
    await until(async () => (await read(access, stranger)) === 401)
    await expect(command('allow', 'stranger', 'no-such-site')).rejects.toThrow('n’existe pas')
    expect(
      await query(
        database,
        `select event, details from journal where event like 'service-%' and client_id = 'stranger'
          order by id`,
      ),
    ).toEqual([
      { event: 'service-allowed', details: { about: 'guide-social' } },
      { event: 'service-refused', details: { about: 'guide-social' } },
    ])
    await stranger.close()
  })

  test('the service of a site knows people as the site does; a partner has names of its own (7.1)', async () => {
    const { access, id } = await signedIn('collaborateur')
    const known = JSON.parse(Buffer.from(id.split('.')[1] ?? '', 'base64url').toString()).sub
    const nameAt = async (service: string, secret: string) =>
      (await wire.post('/introspect', { token: access }, { client: service, secret })).body['sub']
    const registered = async (...words: string[]) => {
      const said = await command('add', ...words)
      await command('allow', words[0] ?? '', 'guide-social')
      const secret = / : (\S{43})$/m.exec(said)?.[1] ?? ''
      await until(async () => (await nameAt(words[0] ?? '', secret)) !== undefined)
      return nameAt(words[0] ?? '', secret)
    }
    expect(await registered('guide-social-api', 'Guide Social', 'guide-social')).toBe(known)
    const partners = [
      await registered('partner-one', 'Un partenaire'),
      await registered('partner-two', 'Un autre'),
    ]
    expect(new Set([known, ...partners]).size).toBe(3)
    await expect(command('add', 'of-nobody', 'Un service', 'no-such-site')).rejects.toThrow(
      'n’existe pas',
    )
  })

  test('a new service gets its secret once, and only what is meant for it', async () => {
    const said = await command('add', 'newcomer', 'Annonces du voisin')
    const secret = / : (\S{43})$/m.exec(said)?.[1] ?? ''
    const newcomer = await startService('newcomer', secret)
    const { visitor, access } = await signedIn('collaborateur')
    await until(async () => (await read(access, newcomer)) === 401)
    const meant = await wire.tokensOf(visitor, 'guide-social', { resource: 'urn:myanm:newcomer' })
    expect(await both(meant.access, newcomer)).toEqual([200, 201])
    await newcomer.close()
  })
})

describe('who is who in a team, for the site somebody acts at (P18): GET /api/equipe', () => {
  const team = async (token: string, query = '') => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
    const response = await fetch(new URL(`/api/equipe${query}`, myanm.issuer), { headers })
    const body = (await response.json()) as {
      readonly organisation?: { readonly id: string }
      readonly members?: readonly Readonly<Record<string, string>>[]
    }
    return { status: response.status, body }
  }
  const subOf = (token: string) => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  const known = async (login: string) => JSON.parse(subOf((await signedIn(login)).id)).sub as string

  test.each(['lecteur', 'collaborateur', 'responsable', 'gestionnaire'])(
    '%s is told of their own team, and of no other; suspended, of nothing',
    async (login) => {
      const { access } = await signedIn(login)
      const { status, body } = await team(access)
      expect(status).toBe(200)
      expect(body.organisation?.id).toBe(myanm.organisations.get('tilleuls'))
      expect(
        body.members?.map(({ role }) => role).filter((role) => role === 'GESTIONNAIRE'),
      ).toEqual(['GESTIONNAIRE'])
      // Whatever is asked about besides, it is the team the token acts for.
      const stranger = await known('voisin')
      const other = myanm.organisations.get('passage') ?? ''
      expect((await team(access, `?sub=${stranger}`)).body.members).toEqual([])
      const foreign = await team(access, `?organisation=${other}`)
      expect(foreign.body.organisation?.id).toBe(myanm.organisations.get('tilleuls'))

      const account = myanm.accounts.get(login)
      await query(database, "update account set state = 'suspended' where id = $1", [account])
      try {
        for (const question of ['', '?role=GESTIONNAIRE', `?sub=${stranger}`]) {
          expect((await team(access, question)).status).toBe(401)
        }
      } finally {
        await query(database, "update account set state = 'active' where id = $1", [account])
      }
    },
  )

  test.each(['particulier', 'independant'])(
    '%s, in their own name, is told of none',
    async (login) => {
      const { access } = await signedIn(login)
      for (const question of ['', '?role=GESTIONNAIRE']) {
        expect((await team(access, question)).status).toBe(403)
      }
    },
  )

  test('a few are asked about by the name the site knows them by, and who leads by the role', async () => {
    const { access } = await signedIn('lecteur')
    const [manager, colleague] = [await known('gestionnaire'), await known('collaborateur')]
    const few = await team(
      access,
      `?sub=${[colleague, manager, 'x'.repeat(43), 'nobody'].join(',')}`,
    )
    expect(new Set(few.body.members?.map(({ sub }) => sub))).toEqual(new Set([manager, colleague]))
    const leads = await team(access, '?role=GESTIONNAIRE')
    expect(leads.body.members?.map(({ sub, role }) => [sub, role])).toEqual([
      [manager, 'GESTIONNAIRE'],
    ])
  })

  test('somebody who has left is named no more, though the site still knows them', async () => {
    const { access } = await signedIn('lecteur')
    const gone = await known('collegue')
    expect((await team(access, `?sub=${gone}`)).body.members).toHaveLength(1)
    const account = myanm.accounts.get('collegue')
    const leave = "update membership set state = 'left', until = now() where account_id = $1"
    await query(database, leave, [account])
    expect((await team(access, `?sub=${gone}`)).body.members).toEqual([])
    const back = "update membership set state = 'active', until = null where account_id = $1"
    await query(database, back, [account])
  })

  test.each([
    ['more names than one page shows', `?sub=${Array.from({ length: 51 }, (_, n) => n).join(',')}`],
    ['a role nobody knows', '?role=ADMIN'],
    ['a place that is none', '?suite=1'],
  ])('%s is no question', async (_, question) => {
    const { access } = await signedIn('lecteur')
    expect((await team(access, question)).status).toBe(400)
  })
})
