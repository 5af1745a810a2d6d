import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  client,
  clientSecret,
  query,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const HOME = 'http://localhost:9999'
const AUDIENCE = 'urn:myanm:resource-server'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
let visitor: Visitor

beforeAll(async () => {
  database = await withDatabase()
  const server = { kind: 'resource-server', redirectUris: [] } as const
  myanm = await startTestIdp({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: HOME }),
      client({ id: 'monasbl', name: 'MonASBL', kind: 'site', home: HOME }),
      client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site', home: HOME }),
      client({ id: 'partner', name: 'Site partenaire' }),
      client({ id: 'resource-server', ...server, introspects: ['guide-social'] }),
      client({ id: 'other-server', ...server, introspects: [] }),
    ],
  })
  wire = onTheWire(myanm.issuer)
  visitor = (await signInAs(myanm.issuer, 'collaborateur', { client: 'guide-social' })).visitor
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

/** Asked in the usual way and in an unusual one, which our shortcut leaves to the engine: they agree. */
async function ask(token: string, as = 'resource-server') {
  const usual = await wire.post('/introspect', { token }, { client: as })
  const unusual = await wire.post(
    '/introspect',
    { token, client_id: as, client_secret: clientSecret },
    { secret: null },
  )
  expect([unusual.status, unusual.body]).toEqual([usual.status, usual.body])
  return usual
}

async function expectInactive(token: string, as = 'resource-server'): Promise<void> {
  const { status, text, headers } = await ask(token, as)
  expect([status, text]).toEqual([200, '{"active":false}'])
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('content-type')).toContain('application/json')
}

const refusals = async () =>
  query<{ client_id: string; details: { about: string } }>(
    database,
    "select client_id, details from journal where event = 'introspection-refused' order by id",
  )

describe('who may ask about a token', () => {
  test('a resource server, about tokens of the clients it serves', async () => {
    const { access, scope } = await wire.tokensOf(visitor)
    const { body } = await ask(access)
    expect(body).toEqual({
      active: true,
      client_id: 'guide-social',
      iss: myanm.issuer.origin,
      sub: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      scope,
      token_type: 'Bearer',
      account_type: 'organisme',
      rights_version: expect.any(Number),
      org: {
        id: myanm.organisations.get('tilleuls'),
        name: 'Les Tilleuls ASBL',
        bce: '0566988259',
        kind: 'organisme',
        nonprofit: true,
        legal_form: '017',
        role: 'COLLABORATEUR',
        options: [],
      },
    })
    expect(Number(body['exp']) - Number(body['iat'])).toBe(600)
  })

  test('each by a name of its own for the person: two partners cannot match whom they know (7.1, D6)', async () => {
    const { access, id } = await wire.tokensOf(visitor)
    await query(
      database,
      "insert into introspection_policy values ('other-server', 'guide-social') on conflict do nothing",
    )
    try {
      await until(async () => (await wire.introspect(access, 'other-server'))['active'] === true)
      const [own, first, second] = await Promise.all(
        ['guide-social', 'resource-server', 'other-server'].map(
          async (as) => (await ask(access, as)).body,
        ),
      )
      // The site itself is told whom it knows, and which of its sessions it is; nobody else is.
      const claims = JSON.parse(Buffer.from(id.split('.')[1] ?? '', 'base64url').toString())
      expect([own?.['sub'], own?.['sid']]).toEqual([claims.sub, claims.sid])
      const names = [own, first, second].map((body) => body?.['sub'])
      expect(new Set(names).size).toBe(3)
      expect([first, second].map((body) => body?.['sid'])).toEqual([undefined, undefined])
    } finally {
      await query(
        database,
        "delete from introspection_policy where resource_server = 'other-server'",
      )
    }
  })

  test('never learns a name or an e-mail address, whatever the scope', async () => {
    const { access } = await wire.tokensOf(visitor)
    for (const as of ['resource-server', 'guide-social']) {
      const { text, body } = await ask(access, as)
      expect(text).not.toMatch(/exemple\.be|Dupont|Collaborateur/)
      expect(Object.keys(body).filter((name) => /name|mail|locale/.test(name))).toEqual([])
    }
  })

  test('a resource server, about tokens meant for itself', async () => {
    const { access } = await wire.tokensOf(visitor, 'monasbl', { resource: AUDIENCE })
    const { body } = await ask(access)
    expect(body).toMatchObject({ active: true, aud: AUDIENCE, client_id: 'monasbl' })
    await expectInactive(access, 'other-server')
    await expectInactive(access, 'guide-social')
    // Meant for another service: not for our own endpoints.
    expect((await wire.userinfo(access)).status).toBe(403)
    const headers = { authorization: `Bearer ${access}`, accept: 'application/json' }
    expect((await fetch(new URL('/api/equipe', myanm.issuer), { headers })).status).toBe(401)
  })

  test('nobody else: of monasbl, of a partner, of bilan, each is simply not active', async () => {
    const before = (await refusals()).length
    for (const about of ['monasbl', 'partner', 'bilan']) {
      const person = (await signInAs(myanm.issuer, 'lecteur', { client: about })).visitor
      const { access, refresh } = await wire.tokensOf(person, about)
      await expectInactive(access)
      await expectInactive(refresh)
      await expectInactive(access, 'other-server')
      expect((await ask(access, about)).body['active']).toBe(true)
    }
    const written = (await refusals()).slice(before)
    expect(written.map(({ client_id, details }) => [client_id, details.about])).toEqual(
      ['monasbl', 'partner', 'bilan'].flatMap((about) => [
        ['resource-server', about],
        ['resource-server', about],
        ['resource-server', about],
        ['resource-server', about],
        ['other-server', about],
        ['other-server', about],
      ]),
    )
  })

  test('a refresh token is the business of its client alone: it is no access token', async () => {
    const { refresh } = await wire.tokensOf(visitor)
    await expectInactive(refresh)
    expect((await ask(refresh, 'guide-social')).body['active']).toBe(true)
  })

  test('unknown, expired and revoked ones are not active, in the same words', async () => {
    const unknown = await ask('a-token-nobody-was-ever-given-0123456789')
    const { access, refresh } = await wire.tokensOf(visitor)
    await wire.post('/revoke', { token: refresh })
    const revoked = await ask(access)
    const later = await wire.tokensOf(visitor)
    await query(
      database,
      "update oidc_artefact set expires_at = date_trunc('second', now()) where kind = 'AccessToken'",
    )
    const expired = await ask(later.access)
    const partner = (await signInAs(myanm.issuer, 'lecteur', { client: 'partner' })).tokens
    const foreign = await ask(partner.access_token)
    const told = [unknown, revoked, expired, foreign].map(({ status, text, headers }) => ({
      status,
      text,
      headers: [...headers].filter(([name]) => name !== 'date'),
    }))
    for (const one of told) {
      expect(one.text).toBe('{"active":false}')
      expect(one).toEqual(told[0])
    }
  })

  test('a hint that lies, a code, a cookie: none of them is a token', async () => {
    const { access } = await wire.tokensOf(visitor)
    const { code } = await wire.newCode(visitor)
    await expectInactive(code)
    const lying = await wire.post(
      '/introspect',
      { token: access, token_type_hint: 'refresh_token' },
      { client: 'resource-server' },
    )
    expect(lying.body['active']).toBe(true)
    const empty = await wire.post('/introspect', {}, { client: 'resource-server' })
    expect(empty.status).toBe(400)
  })
})

describe('rights are those of the moment', () => {
  let access: string
  let accountId: string

  beforeEach(async () => {
    accountId = myanm.accounts.get('collegue') ?? ''
    const { visitor: person } = await signInAs(myanm.issuer, 'collegue', { client: 'guide-social' })
    access = (await wire.tokensOf(person)).access
    expect((await ask(access)).body['active']).toBe(true)
  })

  const change = (text: string) => query(database, text, [accountId])

  test('a new role shows at the very next question', async () => {
    const before = (await ask(access)).body
    await change("update membership set role = 'RESPONSABLE' where account_id = $1")
    const after = (await ask(access)).body
    expect(after['org']).toMatchObject({ role: 'RESPONSABLE' })
    expect(Number(after['rights_version'])).toBeGreaterThan(Number(before['rights_version']))
    expect((await wire.userinfo(access)).body['org']).toMatchObject({ role: 'RESPONSABLE' })
    await change("update membership set role = 'COLLABORATEUR' where account_id = $1")
  })

  test('what the manager widened shows too', async () => {
    const options = "array['collaborateur_edits_colleagues_ads']"
    await query(database, `update organisation set options = ${options} where bce = '0566988259'`)
    expect((await ask(access)).body['org']).toMatchObject({
      options: ['collaborateur_edits_colleagues_ads'],
    })
    await query(database, "update organisation set options = '{}' where bce = '0566988259'")
  })

  test('that nobody of the ANM has checked the organisation yet shows, until somebody has (D13)', async () => {
    const mark = (state: boolean) =>
      query(database, 'update organisation set to_check = $1 where bce = $2', [state, '0566988259'])
    await mark(true)
    expect((await ask(access)).body['org']).toMatchObject({ to_check: true })
    expect((await wire.userinfo(access)).body['org']).toMatchObject({ to_check: true })
    await mark(false)
    expect(Object.keys((await ask(access)).body['org'] as object)).not.toContain('to_check')
    expect((await wire.userinfo(access)).text).not.toContain('to_check')
  })

  test('an ended membership ends the token, and its renewal gives no role', async () => {
    await change("update membership set state = 'removed', until = now() where account_id = $1")
    await expectInactive(access)
    await expectInactive(access, 'guide-social')
    expect((await wire.userinfo(access)).body['org']).toBeUndefined()
    const headers = { authorization: `Bearer ${access}`, accept: 'application/json' }
    expect((await fetch(new URL('/api/equipe', myanm.issuer), { headers })).status).toBe(403)
    await change("update membership set state = 'active', until = null where account_id = $1")
  })

  test('removed ends it: let in again, the person signs in anew, and the old tokens stay ended', async () => {
    const { visitor: person } = await signInAs(myanm.issuer, 'collegue', { client: 'guide-social' })
    const before = await wire.tokensOf(person)
    await change("update membership set state = 'removed', until = now() where account_id = $1")
    await expectInactive(before.access)
    await change(
      `insert into membership (account_id, organisation_id, role)
        select account_id, organisation_id, 'RESPONSABLE' from membership
          where account_id = $1 and state = 'removed' order by until desc limit 1`,
    )
    await expectInactive(before.access)
    await expectInactive(before.access, 'guide-social')
    expect((await wire.userinfo(before.access)).body['org']).toBeUndefined()
    const headers = { authorization: `Bearer ${before.access}`, accept: 'application/json' }
    expect((await fetch(new URL('/api/equipe', myanm.issuer), { headers })).status).toBe(403)
    // What it renews acts for nobody but the person either.
    const renewed = await wire.refresh(before.refresh)
    expect((await wire.userinfo(String(renewed.body['access_token']))).body['org']).toBeUndefined()
    await expectInactive(String(renewed.body['access_token']))

    const after = await wire.tokensOf(person)
    expect((await ask(after.access)).body['org']).toMatchObject({ role: 'RESPONSABLE' })
    await expectInactive(before.access)
    await change(
      "update membership set role = 'COLLABORATEUR' where account_id = $1 and state = 'active'",
    )
  })

  test('a closed organisation ends the tokens that act for it', async () => {
    const close = (state: string) =>
      query(database, 'update organisation set state = $1 where bce = $2', [state, '0566988259'])
    await close('closed')
    await expectInactive(access)
    expect((await wire.userinfo(access)).body['org']).toBeUndefined()
    await close('active')
  })

  test('a suspended account opens nothing any more', async () => {
    await change("update account set state = 'suspended' where id = $1")
    await expectInactive(access)
    expect((await wire.userinfo(access)).status).toBe(401)
    const headers = { authorization: `Bearer ${access}`, accept: 'application/json' }
    expect((await fetch(new URL('/api/equipe', myanm.issuer), { headers })).status).toBe(401)
    await change("update account set state = 'active' where id = $1")
  })

  test('fifty questions during fifty changes never see a role that was taken back', async () => {
    const roles = ['LECTEUR', 'RESPONSABLE'] as const
    for (const [turn] of Array.from({ length: 50 }).entries()) {
      const role = roles[turn % 2]
      await query(database, 'update membership set role = $2 where account_id = $1', [
        accountId,
        role,
      ])
      expect((await ask(access)).body['org']).toMatchObject({ role })
    }
    await change("update membership set role = 'COLLABORATEUR' where account_id = $1")
  })
})

test('a policy that is taken back holds at the next question', async () => {
  const { access } = await wire.tokensOf(visitor)
  expect((await ask(access)).body['active']).toBe(true)
  await query(
    database,
    "delete from introspection_policy where resource_server = 'resource-server'",
  )
  await until(async () => (await wire.introspect(access, 'resource-server'))['active'] === false)
  await expectInactive(access)
})
