import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { decodeJwt } from 'jose'
import { onTheWire, type Wire } from './stage/wire.ts'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const idOf = (organisation: string) => myanm.organisations.get(organisation) ?? ''

/** Somebody with a session at MyANM and no site yet: nothing is chosen, nothing remembered. */
async function comeIn(login: string): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(new URL('/compte', myanm.issuer))
  await typeCredentials(visitor, login)
  return visitor
}

const roleOf = (token: string) =>
  decodeJwt(token)['org'] as { id: string; role: string } | undefined

/** What the person has to answer, or for whom the site then acts. */
async function ask(
  visitor: Visitor,
  parameters: Readonly<Record<string, string>> = {},
  client = 'guide-social',
) {
  const { url, verifier } = wire.request(client, parameters)
  const page = await visitor.go(url)
  const code = page.url.searchParams.get('code')
  if (code === null) {
    return { page, error: page.url.searchParams.get('error'), tokens: null, org: undefined }
  }
  const { body } = await wire.redeem({ code, verifier }, { client })
  const tokens = {
    access: String(body['access_token']),
    refresh: String(body['refresh_token']),
    id: String(body['id_token']),
  }
  return { page, error: null, tokens, org: roleOf(tokens.id) }
}

const membership = (login: string, organisation: string, change: string) =>
  query(
    database,
    `update membership set ${change} where account_id = $1 and organisation_id = $2`,
    [myanm.accounts.get(login), idOf(organisation)],
  )

const END = "state = 'left', until = now()"
const RENEW = "state = 'active', until = null"

describe('for whom a person acts', () => {
  test('the only organisation there is, without a question', async () => {
    expect((await ask(await comeIn('lecteur'))).org).toEqual({
      id: idOf('tilleuls'),
      role: 'LECTEUR',
    })
  })

  test('themselves, when they belong to none', async () => {
    for (const login of ['particulier', 'independant']) {
      const { tokens, org } = await ask(await comeIn(login))
      expect(org).toBeUndefined()
      expect((await wire.introspect(tokens?.access ?? ''))['org']).toBeUndefined()
    }
  })

  test('themselves, for a site that does not care', async () => {
    const { org } = await ask(await comeIn('multi'), { scope: 'openid profile' })
    expect(org).toBeUndefined()
  })

  test('is asked, of a member of several', async () => {
    const visitor = await comeIn('multi')
    const { page } = await ask(visitor)
    expect(page.url.pathname).toMatch(/^\/contexte\//)
    const choices = page.$('button[name=organisation]').toArray()
    expect(choices.map((choice) => page.$(choice).attr('value')).sort()).toEqual(
      [idOf('tilleuls'), idOf('passage'), 'personnel'].sort(),
    )
  })

  test('cannot be asked when nobody may be disturbed', async () => {
    const visitor = await comeIn('multi')
    for (const more of [{}, { organisation: idOf('montpellier') }, { organisation: 'x' }]) {
      const { error, page } = await ask(visitor, { prompt: 'none', ...more })
      expect(error).toBe('interaction_required')
      expect(page.url.searchParams.get('iss')).toBe(myanm.issuer.origin)
      expect(page.url.searchParams.get('state')).not.toBeNull()
    }
  })

  test.each(['tilleuls', 'passage'])('the organisation the site asks for: %s', async (name) => {
    const visitor = await comeIn('multi')
    const { org } = await ask(visitor, { organisation: idOf(name), prompt: 'none' })
    expect(org?.id).toBe(idOf(name))
    const pushed = new URLSearchParams(
      wire.request('guide-social', { organisation: idOf(name) }).url.search,
    )
    const { body } = await wire.post('/par', pushed)
    const url = new URL('/authorize', myanm.issuer)
    url.search = new URLSearchParams({
      client_id: 'guide-social',
      request_uri: String(body['request_uri']),
    }).toString()
    const page = await (await comeIn('multi')).go(url)
    expect(page.url.searchParams.get('code')).not.toBeNull()
  })

  test('in their own name, when the site asks for that', async () => {
    const { org } = await ask(await comeIn('multi'), { organisation: 'personnel' })
    expect(org).toBeUndefined()
    const alone = await ask(await comeIn('gestionnaire'), { organisation: 'personnel' })
    expect(alone.org).toBeUndefined()
  })

  test('never an organisation of others, nor what is none', async () => {
    const visitor = await comeIn('multi')
    const foreign = [
      idOf('montpellier'),
      crypto.randomUUID(),
      '00000000-0000-0000-0000-000000000000',
      idOf('tilleuls').toUpperCase(),
      ` ${idOf('tilleuls')}`,
      `${idOf('tilleuls')}~${idOf('passage')}`,
      'PERSONNEL',
      'null',
      'true',
      "' or 1=1 --",
      '../../etc/passwd',
      '__proto__',
      'x'.repeat(2000),
      'é€😀',
    ]
    for (const organisation of foreign) {
      const { page, tokens } = await ask(visitor, { organisation })
      expect([organisation, tokens]).toEqual([organisation, null])
      expect(page.url.pathname).toMatch(/^\/contexte\//)
      expect(page.text).toContain('Vous ne faites pas partie de l’organisme demandé')
      expect(page.text).not.toContain('Montpellier')
    }
  })

  test('nor one whose membership has ended, or that has closed', async () => {
    const visitor = await comeIn('multi')
    await membership('multi', 'passage', END)
    expect((await ask(visitor, { organisation: idOf('passage') })).tokens).toBeNull()
    // One is left: there is nothing to ask any more.
    expect((await ask(visitor)).org?.id).toBe(idOf('tilleuls'))
    await membership('multi', 'passage', RENEW)

    const close = (state: string) =>
      query(database, 'update organisation set state = $1 where id = $2', [state, idOf('passage')])
    await close('closed')
    const other = await comeIn('multi')
    expect((await ask(other, { organisation: idOf('passage') })).tokens).toBeNull()
    expect((await ask(other)).org?.id).toBe(idOf('tilleuls'))
    await close('active')
  })
})

describe('a choice made by hand', () => {
  const choose = async (visitor: Visitor, organisation: string) => {
    const { page } = await ask(visitor)
    const token = String(page.$('input[name=jeton]').attr('value'))
    return visitor.post(page.url, { organisation, jeton: token }, { origin: page.url.origin })
  }

  test('of an organisation of others is shown the choice again', async () => {
    const visitor = await comeIn('multi')
    for (const organisation of [idOf('montpellier'), '', 'x', 'personnel ', '../x']) {
      const page = await choose(visitor, organisation)
      expect(page.status).toBe(422)
      expect(page.url.pathname).toMatch(/^\/contexte\//)
    }
    const twice = await ask(visitor)
    const jeton = String(twice.page.$('input[name=jeton]').attr('value'))
    const fields = new URLSearchParams({ jeton })
    fields.append('organisation', idOf('tilleuls'))
    fields.append('organisation', idOf('passage'))
    expect((await visitor.post(twice.page.url, fields)).status).toBe(400)
  })

  test('counts as of now: a membership that ended while the page was open is none', async () => {
    const visitor = await comeIn('multi')
    const { page } = await ask(visitor)
    const jeton = String(page.$('input[name=jeton]').attr('value'))
    await membership('multi', 'passage', END)
    const refused = await visitor.post(page.url, { organisation: idOf('passage'), jeton })
    expect(refused.status).toBe(422)
    expect(refused.text).not.toContain('Le Passage')
    await membership('multi', 'passage', RENEW)
  })
})

describe('what is remembered', () => {
  test('the next site acts for the one chosen, another session does not', async () => {
    const visitor = await comeIn('multi')
    await ask(visitor, { organisation: idOf('passage') })
    expect((await ask(visitor, {}, 'monasbl')).org?.id).toBe(idOf('passage'))
    expect((await ask(await comeIn('multi'))).tokens).toBeNull()
  })

  test('a site keeps what it had when another switches', async () => {
    const visitor = await comeIn('multi')
    await ask(visitor, { organisation: idOf('passage') })
    const monasbl = await ask(visitor, {}, 'monasbl')
    await ask(visitor, { organisation: idOf('tilleuls') })
    const { body } = await wire.refresh(monasbl.tokens?.refresh ?? '', { client: 'monasbl' })
    expect(roleOf(String(body['id_token']))?.id).toBe(idOf('passage'))
    expect((await ask(visitor, {}, 'monasbl')).org?.id).toBe(idOf('passage'))
    expect((await ask(visitor)).org?.id).toBe(idOf('tilleuls'))
  })

  test('in one’s own name is a choice too', async () => {
    const visitor = await comeIn('multi')
    await ask(visitor, { organisation: 'personnel' })
    expect((await ask(visitor)).org).toBeUndefined()
    const monasbl = await ask(visitor, { prompt: 'none' }, 'monasbl')
    expect([monasbl.error, monasbl.org]).toEqual([null, undefined])
  })

  test('nothing of an organisation one has left', async () => {
    const visitor = await comeIn('multi')
    const before = await ask(visitor, { organisation: idOf('passage') })
    await membership('multi', 'passage', END)
    expect((await ask(visitor)).org?.id).toBe(idOf('tilleuls'))
    expect((await ask(visitor, {}, 'monasbl')).org?.id).toBe(idOf('tilleuls'))
    expect(await wire.introspect(before.tokens?.access ?? '')).toEqual({ active: false })
    await membership('multi', 'passage', RENEW)
  })

  test('nothing of whoever used this browser before', async () => {
    const visitor = await comeIn('multi')
    await ask(visitor, { organisation: idOf('passage') })
    await visitor.go(wire.request('guide-social', { prompt: 'login' }).url)
    const page = await typeCredentials(visitor, 'voisin')
    expect(page.url.searchParams.get('code')).not.toBeNull()
    const { org } = await ask(visitor, {}, 'monasbl')
    expect(org).toEqual({ id: idOf('passage'), role: 'GESTIONNAIRE' })
    await visitor.go(wire.request('guide-social', { prompt: 'login' }).url)
    await typeCredentials(visitor, 'particulier')
    expect((await ask(visitor, {}, 'monasbl')).org).toBeUndefined()
  })

  test('is written in the journal', async () => {
    const visitor = await comeIn('multi')
    await ask(visitor, { organisation: idOf('passage') })
    const [entry] = await query(
      database,
      "select account_id, organisation_id, client_id from journal where event = 'context-chosen' order by id desc limit 1",
    )
    expect(entry).toEqual({
      account_id: myanm.accounts.get('multi'),
      organisation_id: idOf('passage'),
      client_id: 'guide-social',
    })
  })
})

describe('a token', () => {
  let visitor: Visitor

  beforeEach(async () => {
    visitor = await comeIn('multi')
  })

  test.each([
    ['passage', 'RESPONSABLE', 'tilleuls'],
    ['tilleuls', 'COLLABORATEUR', 'passage'],
  ])('for %s carries the role %s and no trace of %s', async (name, role, other) => {
    const { tokens } = await ask(visitor, { organisation: idOf(name) })
    const access = tokens?.access ?? ''
    const said = JSON.stringify([
      decodeJwt(tokens?.id ?? ''),
      (await wire.userinfo(access)).body,
      await wire.introspect(access),
      (await wire.refresh(tokens?.refresh ?? '')).body,
    ])
    expect(said).toContain(role)
    const traces = await query<{ id: string; name: string; bce: string }>(
      database,
      'select id, name, bce from organisation where id = $1',
      [idOf(other)],
    )
    for (const trace of Object.values(traces[0] ?? {})) expect(said).not.toContain(trace)
    expect(said).not.toContain(role === 'RESPONSABLE' ? 'COLLABORATEUR' : 'RESPONSABLE')
  })

  test('in one’s own name carries neither', async () => {
    const { tokens } = await ask(visitor, { organisation: 'personnel' })
    const said = JSON.stringify([
      decodeJwt(tokens?.id ?? ''),
      (await wire.userinfo(tokens?.access ?? '')).body,
      await wire.introspect(tokens?.access ?? ''),
    ])
    for (const word of [idOf('passage'), idOf('tilleuls'), 'RESPONSABLE', 'COLLABORATEUR']) {
      expect(said).not.toContain(word)
    }
  })

  test('of the former organisation ends when the site switches, renewal and code included', async () => {
    const before = await ask(visitor, { organisation: idOf('tilleuls') })
    const pending = await wire.newCode(visitor)
    const after = await ask(visitor, { organisation: idOf('passage') })
    expect(after.org?.id).toBe(idOf('passage'))

    expect((await wire.userinfo(before.tokens?.access ?? '')).status).toBe(401)
    expect(await wire.introspect(before.tokens?.access ?? '')).toEqual({ active: false })
    expect((await wire.refresh(before.tokens?.refresh ?? '')).status).toBe(400)
    const { status, body } = await wire.redeem(pending)
    if (status === 200) {
      expect(await wire.introspect(String(body['access_token']))).toEqual({ active: false })
    }
    expect((await wire.userinfo(after.tokens?.access ?? '')).status).toBe(200)
  })

  test('never carries another organisation than was asked for, in whatever order tabs answer', async () => {
    const asked = Array.from({ length: 12 }, (_, tab) => idOf(tab % 2 ? 'tilleuls' : 'passage'))
    const answers = await Promise.all(
      asked.map(async (organisation) => {
        const { url, verifier } = wire.request('guide-social', { organisation })
        const location = (await visitor.request(url)).headers.get('location') ?? ''
        const code = new URL(location).searchParams.get('code') ?? ''
        return { organisation, answer: await wire.redeem({ code, verifier }) }
      }),
    )
    const live = []
    for (const { organisation, answer } of answers) {
      if (answer.status !== 200) continue
      expect(roleOf(String(answer.body['id_token']))?.id).toBe(organisation)
      const told = await wire.introspect(String(answer.body['access_token']))
      if (told['active'] !== true) continue
      expect((told['org'] as { id: string }).id).toBe(organisation)
      live.push(organisation)
    }
    expect(new Set(live).size).toBeLessThanOrEqual(1)
  })

  test('keeps its switch when other sites sign in at the same moment', async () => {
    await ask(visitor, { organisation: idOf('tilleuls') })
    await ask(visitor, {}, 'monasbl')
    for (const round of Array.from({ length: 10 }).keys()) {
      const organisation = idOf(round % 2 ? 'tilleuls' : 'passage')
      const { url, verifier } = wire.request('guide-social', { organisation })
      const others = Array.from({ length: 4 }, () => visitor.request(wire.request('monasbl').url))
      const [answer] = await Promise.all([visitor.request(url), ...others])
      const location = answer?.headers.get('location') ?? ''
      const code = new URL(location).searchParams.get('code') ?? ''
      const { body } = await wire.redeem({ code, verifier })
      const told = await wire.introspect(String(body['access_token']))
      expect([round, told['active']]).toEqual([round, true])
    }
  })
})
