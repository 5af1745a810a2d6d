import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  CALLBACK,
  query,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { onTheWire, type Wire } from './stage/wire.ts'

const DAY = 86_400
const TWENTY = Array.from({ length: 20 })

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
let visitor: Visitor

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  wire = onTheWire(myanm.issuer)
  const signedIn = await signInAs(myanm.issuer, 'collaborateur', { client: 'guide-social' })
  visitor = signedIn.visitor
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const epoch = () => Math.floor(Date.now() / 1000)

type Kind = 'AuthorizationCode' | 'RefreshToken'

/** Moves what the database says of a code or a token, instead of waiting for it. */
async function age(
  what: { kind: Kind; value: string },
  change: string,
  value: number,
): Promise<void> {
  const rows = await query(
    database,
    `update oidc_artefact set ${change} where id = sha256(convert_to($1, 'UTF8')) returning id`,
    [what.value, value],
  )
  if (rows.length !== 1) throw new Error(`No ${what.kind} to age`)
}

/** When it ends, in seconds since the epoch. */
async function endOf(kind: Kind, value: string): Promise<number> {
  const [row] = await query<{ ends: number }>(
    database,
    `select extract(epoch from expires_at)::float8 as ends
      from oidc_artefact where kind = $2 and id = sha256(convert_to($1, 'UTF8'))`,
    [value, kind],
  )
  return row?.ends ?? Number.NaN
}

const END = 'expires_at = to_timestamp($2)'
const SIGNED_IN = "payload = jsonb_set(payload::jsonb, '{authTime}', to_jsonb($2::int))::json"

async function expectDead(tokens: { access: string; refresh: string }): Promise<void> {
  expect((await wire.userinfo(tokens.access)).status).toBe(401)
  expect(await wire.introspect(tokens.access)).toEqual({ active: false })
  expect((await wire.refresh(tokens.refresh)).body['error']).toBe('invalid_grant')
}

describe('a code', () => {
  test('gives tokens to one of twenty that come at once', async () => {
    const code = await wire.newCode(visitor)
    const answers = await Promise.all(TWENTY.map(() => wire.redeem(code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect(status).toBe(400)
      expect(body['error']).toBe('invalid_grant')
      expect(Object.keys(body).sort()).toEqual(['error', 'error_description', 'error_uri'])
    }
  })

  test('ends, shown twice at once, what the first got of it, even after a new sign-in', async () => {
    const code = await wire.newCode(visitor)
    const answers = await Promise.all(TWENTY.map(() => wire.redeem(code)))
    const winner = answers.find(({ status }) => status === 200)?.body
    const stolen = {
      access: String(winner?.['access_token']),
      refresh: String(winner?.['refresh_token']),
    }
    await expectDead(stolen)
    // The grant of a session at a client has always the same name: tokens must not come back with it.
    await wire.newCode(visitor)
    await expectDead(stolen)
  })

  test('ends, shown a second time later, the tokens of the first', async () => {
    const code = await wire.newCode(visitor)
    const first = await wire.redeem(code)
    const tokens = {
      access: String(first.body['access_token']),
      refresh: String(first.body['refresh_token']),
    }
    expect((await wire.userinfo(tokens.access)).status).toBe(200)
    const again = await wire.redeem(code)
    expect(again.status).toBe(400)
    expect(again.body['error']).toBe('invalid_grant')
    await expectDead(tokens)
    await wire.newCode(visitor)
    await expectDead(tokens)
  })

  test('is good for the client it was made for, at the address it was sent to', async () => {
    const code = await wire.newCode(visitor)
    const refusals = [
      await wire.redeem(code, { client: 'monasbl' }),
      await wire.redeem(code, { client: 'partner' }),
      await wire.redeem(code, {}, { redirect_uri: `${CALLBACK}/` }),
      await wire.redeem(code, {}, { redirect_uri: 'http://localhost:9999' }),
      await wire.redeem(code, {}, { redirect_uri: '' }),
    ]
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400])
    expect((await wire.redeem(code)).status).toBe(200)
  })

  test('asks for the verifier of its own challenge', async () => {
    const code = await wire.newCode(visitor)
    const other = wire.request().verifier
    for (const verifier of [other, '', code.verifier.slice(0, -1), `${code.verifier}a`]) {
      const { status, body } = await wire.redeem({ ...code, verifier })
      expect(status).toBe(400)
      expect(['invalid_grant', 'invalid_request']).toContain(body['error'])
    }
    const without = await wire.post('/token', {
      grant_type: 'authorization_code',
      code: code.code,
      redirect_uri: CALLBACK,
    })
    expect(without.body['error']).toBe('invalid_grant')
    expect((await wire.redeem(code)).status).toBe(200)
  })

  test('made without a challenge takes no verifier: nobody downgrades the proof', async () => {
    const { visitor: person } = await signInAs(myanm.issuer, 'lecteur', { client: 'partner' })
    const { url } = wire.request('partner')
    url.searchParams.delete('code_challenge')
    url.searchParams.delete('code_challenge_method')
    const code = (await person.go(url)).url.searchParams.get('code') ?? ''
    const { status, body } = await wire.redeem(
      { code, verifier: wire.request().verifier },
      { client: 'partner' },
    )
    expect(status).toBe(400)
    expect(body['error']).toBe('invalid_grant')
  })

  test('is not made for a site of the house without a challenge, or with a plain one', async () => {
    const bare = wire.request().url
    bare.searchParams.delete('code_challenge')
    bare.searchParams.delete('code_challenge_method')
    const plain = wire.request('guide-social', { code_challenge_method: 'plain' }).url
    for (const url of [bare, plain]) {
      const page = await visitor.go(url)
      expect(page.url.searchParams.get('error')).toBe('invalid_request')
      expect(page.url.searchParams.get('code')).toBeNull()
    }
  })

  test('lives sixty seconds, not one more', async () => {
    const code = await wire.newCode(visitor)
    const left = (await endOf('AuthorizationCode', code.code)) - epoch()
    expect(left).toBeGreaterThan(55)
    expect(left).toBeLessThanOrEqual(60)
    await age({ kind: 'AuthorizationCode', value: code.code }, END, epoch())
    expect((await wire.redeem(code)).body['error']).toBe('invalid_grant')

    const inTime = await wire.newCode(visitor)
    await age({ kind: 'AuthorizationCode', value: inTime.code }, END, epoch() + 3)
    expect((await wire.redeem(inTime)).status).toBe(200)
  })

  test('is worth nothing altered, or when it is something else', async () => {
    const { code, verifier } = await wire.newCode(visitor)
    const tokens = await wire.tokensOf(visitor)
    const values = [
      `${code}a`,
      code.slice(0, -1),
      code.toUpperCase(),
      tokens.access,
      tokens.refresh,
      tokens.id,
      '',
      "' or 1=1 --",
      '\u0000',
      'é'.repeat(40),
    ]
    for (const value of values) {
      expect((await wire.redeem({ code: value, verifier })).status).toBe(400)
    }
  })
})

describe('a refresh token', () => {
  test('is renewed for one of twenty that come at once', async () => {
    const { refresh } = await wire.tokensOf(visitor)
    const answers = await Promise.all(TWENTY.map(() => wire.refresh(refresh)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect(status).toBe(400)
      expect(body['error']).toBe('invalid_grant')
    }
  })

  test('shown by twenty at once ends what the one got: nobody knows which of them is the thief', async () => {
    const { refresh } = await wire.tokensOf(visitor)
    const answers = await Promise.all(TWENTY.map(() => wire.refresh(refresh)))
    const winner = answers.find(({ status }) => status === 200)?.body
    await expectDead({
      access: String(winner?.['access_token']),
      refresh: String(winner?.['refresh_token']),
    })
  })

  test('changes at each use, and the former one ends the whole family', async () => {
    const first = await wire.tokensOf(visitor)
    const renewed = await wire.refresh(first.refresh)
    expect(renewed.status).toBe(200)
    const second = {
      access: String(renewed.body['access_token']),
      refresh: String(renewed.body['refresh_token']),
    }
    expect(second.refresh).not.toBe(first.refresh)
    expect((await wire.userinfo(second.access)).status).toBe(200)

    expect((await wire.refresh(first.refresh)).body['error']).toBe('invalid_grant')
    await expectDead(second)
    await expectDead(first)
    await wire.newCode(visitor)
    await expectDead(second)
  })

  test('is of no use to another client, and survives its attempts', async () => {
    const { refresh } = await wire.tokensOf(visitor)
    for (const client of ['monasbl', 'partner', 'resource-server']) {
      expect((await wire.refresh(refresh, { client })).status).toBe(400)
    }
    expect((await wire.refresh(refresh)).status).toBe(200)
  })

  test('gives no more scope than it had', async () => {
    const { refresh } = await wire.tokensOf(visitor, 'guide-social', { scope: 'openid' })
    const more = await wire.post('/token', {
      grant_type: 'refresh_token',
      refresh_token: refresh,
      scope: 'openid email',
    })
    expect(more.status).toBe(400)
    expect(more.body['error']).toBe('invalid_scope')
  })

  test('ends thirty days after the password, however often it was renewed', async () => {
    const { refresh } = await wire.tokensOf(visitor)
    const signedInAt = epoch() - 30 * DAY + 20
    await age({ kind: 'RefreshToken', value: refresh }, SIGNED_IN, signedInAt)
    const renewed = await wire.refresh(refresh)
    expect(renewed.status).toBe(200)
    const value = String(renewed.body['refresh_token'])
    expect(await endOf('RefreshToken', value)).toBeLessThanOrEqual(signedInAt + 30 * DAY)

    await age({ kind: 'RefreshToken', value }, SIGNED_IN, epoch() - 30 * DAY)
    expect((await wire.refresh(value)).body['error']).toBe('invalid_grant')
  })

  test('is not renewed past its own hour', async () => {
    const { refresh } = await wire.tokensOf(visitor)
    await age({ kind: 'RefreshToken', value: refresh }, END, epoch())
    expect((await wire.refresh(refresh)).body['error']).toBe('invalid_grant')
  })
})
