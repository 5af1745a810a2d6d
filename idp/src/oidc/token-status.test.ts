import { describe, expect, test } from '@jest/globals'
import type { Standing } from '#accounts'
import type { Policies } from '#clients'
import type { Found } from './artefacts.ts'
import { type Inquiry, statusOf } from './token-status.ts'

const NOW = 1_800_000_000
const ACCOUNT = '01900000-0000-7000-8000-000000000001'
const ORGANISATION = '01900000-0000-7000-8000-000000000002'
const MEMBERSHIP = '01900000-0000-7000-8000-00000000000a'
const GRANT = `grant~${ORGANISATION}~${MEMBERSHIP}`

const standing = {
  account: {
    id: ACCOUNT,
    type: 'organisme',
    state: 'active',
    email: 'anne@exemple.be',
    email_confirmed: true,
    given_name: 'Anne',
    family_name: 'Dupont',
    language: 'fr',
    rights_version: 7,
    app_roles: null,
  },
  organisation: {
    id: ORGANISATION,
    name: 'Exemple ASBL',
    bce: '0566988259',
    kind: 'organisme',
    nonprofit: true,
    legal_form: '017',
    options: [],
    to_check: false,
    role: 'LECTEUR',
    membership: MEMBERSHIP,
  },
  choices: [{ organisation: ORGANISATION, membership: MEMBERSHIP }],
} satisfies Standing

const sound: Found = {
  kind: 'AccessToken',
  payload: {
    accountId: ACCOUNT,
    clientId: 'guide-social',
    grantId: GRANT,
    sessionUid: 'uid',
    expiresWithSession: true,
    scope: 'openid organisation',
    iat: NOW - 10,
    sid: 'sid',
  },
  exp: NOW + 590,
  consumed: null,
  grant_id: GRANT,
  grant: { payload: { accountId: ACCOUNT, clientId: 'guide-social' }, exp: NOW + 1000 },
  session_uid: 'uid',
  session: {
    payload: {
      accountId: ACCOUNT,
      loginTs: NOW - 100,
      transient: true,
      authorizations: { 'guide-social': { grantId: GRANT, sid: 'sid' } },
    },
    exp: NOW + 1000,
  },
  acting_for: ORGANISATION,
  standing,
}

const policies: Policies = {
  audiences: new Map([['urn:myanm:server', { clientId: 'server', scopes: [] }]]),
  introspection: new Map([['server', new Set(['guide-social'])]]),
}

/** Two sites and the service of one of them are of one sector; a partner is of its own. */
const SECTORS = new Map(['guide-social', 'monasbl', 'server'].map((client) => [client, 'anm']))

function ask(changes: Partial<Found> = {}, more: Partial<Inquiry> = {}) {
  return statusOf({
    found: { ...sound, ...changes },
    asking: 'server',
    policies,
    issuer: 'https://compte.exemple.be',
    subjectOf: (account, sector) => `${sector}:${account}`,
    sectorOf: (client) => SECTORS.get(client) ?? client,
    now: NOW,
    ...more,
  })
}

const withPayload = (changes: object) => ({ payload: { ...sound.payload, ...changes } })
const withSession = (changes: object, exp = NOW + 1000) => ({
  session: { payload: { ...sound.session?.payload, ...changes }, exp },
})

test('a token in order is active, and says who may what, now', () => {
  expect(ask()).toEqual({
    active: true,
    sub: `anm:${ACCOUNT}`,
    client_id: 'guide-social',
    iss: 'https://compte.exemple.be',
    iat: NOW - 10,
    exp: NOW + 590,
    sid: 'sid',
    aud: undefined,
    scope: 'openid organisation',
    token_type: 'Bearer',
    rights_version: 7,
    org: {
      id: ORGANISATION,
      name: 'Exemple ASBL',
      bce: '0566988259',
      kind: 'organisme',
      nonprofit: true,
      legal_form: '017',
      options: [],
      role: 'LECTEUR',
    },
  })
})

test('each who asks knows the person by a name of its own, and its session only in its sector (7.1, D6)', () => {
  const asking = ['server', 'partner', 'other-partner']
  const everybody: Policies = {
    ...policies,
    introspection: new Map(asking.map((id) => [id, new Set(['guide-social'])])),
  }
  const told = asking.map((id) => ask({}, { asking: id, policies: everybody }))
  expect(told.map((status) => (status.active ? [status['sub'], status['sid']] : []))).toEqual([
    [`anm:${ACCOUNT}`, 'sid'],
    [`partner:${ACCOUNT}`, undefined],
    [`other-partner:${ACCOUNT}`, undefined],
  ])
})

describe('it is not active any more', () => {
  const account = standing.account
  test.each<[string, Partial<Found>]>([
    ['when its time has come', { exp: NOW }],
    ['when it was used up', { consumed: NOW - 1 }],
    ['when its grant has ended', { grant: null }],
    ['when its grant has expired', { grant: { ...sound.grant, exp: NOW } as Found['grant'] }],
    [
      'when its grant is of another client',
      { grant: { payload: { accountId: ACCOUNT, clientId: 'monasbl' }, exp: NOW + 9 } },
    ],
    [
      'when its grant is of another person',
      { grant: { payload: { accountId: 'x', clientId: 'guide-social' }, exp: NOW + 9 } },
    ],
    ['when its session has ended', { session: null }],
    ['when its session was idle too long', withSession({}, NOW)],
    ['when its session is twelve hours old', withSession({ loginTs: NOW - 43_200 })],
    ['when somebody else signed in there', withSession({ accountId: 'x' })],
    [
      'when the site has switched',
      withSession({ authorizations: { 'guide-social': { grantId: 'g' } } }),
    ],
    ['when the site has left the session', withSession({ authorizations: {} })],
    ['when nobody knows the person', { standing: null }],
    [
      'when the account is suspended',
      { standing: { ...standing, account: { ...account, state: 'suspended' } } },
    ],
    [
      'when the membership or the organisation has ended',
      { standing: { ...standing, organisation: null } },
    ],
    [
      'when the membership it was given for has ended, and the person was let in again',
      {
        standing: {
          ...standing,
          organisation: { ...standing.organisation, membership: 'another' },
        },
      },
    ],
    ['when it is a code', { kind: 'AuthorizationCode' }],
    ['when it is a session', { kind: 'Session' }],
    ['when it is a grant', { kind: 'Grant' }],
  ])('%s', (_, changes) => {
    expect(ask(changes)).toEqual({ active: false })
  })
})

describe('who is not concerned', () => {
  test.each<[string, Partial<Found>, string]>([
    ['is another site', {}, 'monasbl'],
    ['is a server without a policy', {}, 'other-server'],
    ['is a server the token is not meant for', withPayload({ aud: 'urn:myanm:other' }), 'server'],
    ['is a server that is shown a refresh token', { kind: 'RefreshToken' }, 'server'],
  ])('%s, and it is written down', (_, changes, asking) => {
    expect(ask(changes, { asking })).toEqual({ active: false, refused: true })
  })

  test('is not told apart from who asks about a token that has ended', () => {
    expect(ask({ exp: NOW }, { asking: 'monasbl' })).toEqual({ active: false })
  })
})

describe('variants', () => {
  test('a token meant for a server is its business', () => {
    const found = withPayload({ aud: 'urn:myanm:server', clientId: 'guide-social' })
    expect(ask(found)).toMatchObject({ active: true, aud: 'urn:myanm:server' })
  })

  test('a refresh token is its own client’s, and has no type', () => {
    const status = ask({ kind: 'RefreshToken' }, { asking: 'guide-social' })
    expect(status).toMatchObject({ active: true })
    expect(Object.keys(status)).not.toContain('token_type')
  })

  test('a token bound to a key says so', () => {
    expect(ask(withPayload({ jkt: 'thumbprint' }))).toMatchObject({
      token_type: 'DPoP',
      cnf: { jkt: 'thumbprint' },
    })
  })

  test('one that outlives sessions does not need one', () => {
    const found = { ...withPayload({ expiresWithSession: false }), session: null }
    expect(ask(found)).toMatchObject({ active: true })
  })

  test('one in one’s own name has no organisation, and needs none', () => {
    const grant = { payload: { accountId: ACCOUNT, clientId: 'guide-social' }, exp: NOW + 9 }
    const found = {
      ...withPayload({ grantId: 'own', expiresWithSession: false }),
      grant,
      standing: { ...standing, organisation: null },
    }
    const status = ask(found)
    expect(status).toMatchObject({ active: true })
    expect(Object.keys(status)).not.toContain('org')
  })
})
