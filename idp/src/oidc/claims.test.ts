import { describe, expect, test } from '@jest/globals'
import type { Standing } from '#accounts'
import { claimsFor, type Use } from './claims.ts'

const standing: Standing = {
  account: {
    id: '01900000-0000-7000-8000-000000000001',
    type: 'organisme',
    state: 'active',
    email: 'anne@exemple.be',
    email_confirmed: true,
    given_name: 'Anne',
    family_name: 'Dupont',
    language: 'fr',
    rights_version: 42,
    app_roles: { bilan: ['conseiller'], sweeli: ['relecteur'] },
  },
  organisation: {
    id: '01900000-0000-7000-8000-000000000002',
    name: 'Exemple ASBL',
    bce: '0566988259',
    kind: 'organisme',
    nonprofit: true,
    legal_form: '017',
    options: ['collaborateur_edits_colleagues_ads'],
    to_check: false,
    role: 'COLLABORATEUR',
    membership: '01900000-0000-7000-8000-00000000000a',
  },
  choices: [
    {
      organisation: '01900000-0000-7000-8000-000000000002',
      membership: '01900000-0000-7000-8000-00000000000a',
    },
    {
      organisation: '01900000-0000-7000-8000-000000000003',
      membership: '01900000-0000-7000-8000-00000000000b',
    },
  ],
}
/** What is told of it: whether it is checked only where it is not, and never by which membership. */
const ORG = {
  id: '01900000-0000-7000-8000-000000000002',
  name: 'Exemple ASBL',
  bce: '0566988259',
  kind: 'organisme',
  nonprofit: true,
  legal_form: '017',
  role: 'COLLABORATEUR',
  options: ['collaborateur_edits_colleagues_ads'],
}
const EVERYTHING = ['openid', 'profile', 'email', 'compte', 'organisation', 'bilan']
const inOwnName: Standing = { ...standing, organisation: null }

const claims = (use: Use, scopes = EVERYTHING, of: Standing = standing, client = 'guide-social') =>
  claimsFor({ standing: of, use, scopes: new Set(scopes), client })

describe('an id_token', () => {
  test('says for whom one acts and as what, and nothing personal (7.3)', () => {
    expect(claims('id_token')).toEqual({
      rights_version: 42,
      org: { id: standing.organisation?.id, role: 'COLLABORATEUR' },
    })
  })
})

describe('userinfo', () => {
  test('gives what the scopes opened, and all of the organisation', () => {
    expect(claims('userinfo')).toEqual({
      rights_version: 42,
      name: 'Anne Dupont',
      given_name: 'Anne',
      family_name: 'Dupont',
      locale: 'fr-BE',
      email: 'anne@exemple.be',
      email_verified: true,
      account_type: 'organisme',
      org: ORG,
    })
  })

  test.each([
    ['profile', ['name', 'given_name', 'family_name', 'locale']],
    ['email', ['email', 'email_verified']],
    ['compte', ['account_type']],
    ['organisation', ['org']],
  ])('without the scope %s lacks %j', (scope, names) => {
    const given = claims(
      'userinfo',
      EVERYTHING.filter((one) => one !== scope),
    )
    for (const name of names) expect(Object.keys(given)).not.toContain(name)
  })

  test('of somebody who told no name shows their address, of whom has none nothing', () => {
    const account = { ...standing.account, given_name: null, family_name: null }
    expect(claims('userinfo', EVERYTHING, { ...standing, account })['name']).toBe('anne@exemple.be')
    const bare = { ...account, email: null, email_confirmed: false }
    expect(claims('userinfo', EVERYTHING, { ...standing, account: bare })).toMatchObject({
      name: '',
      email: undefined,
      email_verified: false,
    })
  })
})

test('that nobody has checked the organisation yet is told where it is so, and not in the id_token', () => {
  const { organisation } = standing
  const unchecked = {
    ...standing,
    organisation: organisation && { ...organisation, to_check: true },
  }
  for (const use of ['userinfo', 'introspection'] as const) {
    expect(claims(use, EVERYTHING, unchecked)['org']).toEqual({ ...ORG, to_check: true })
  }
  expect(JSON.stringify(claims('id_token', EVERYTHING, unchecked))).not.toContain('to_check')
})

describe('introspection', () => {
  test('tells rights and never who: no name, no address', () => {
    expect(claims('introspection')).toEqual({
      rights_version: 42,
      account_type: 'organisme',
      org: ORG,
    })
  })
})

describe('a role', () => {
  test.each<Use>(['id_token', 'userinfo', 'introspection'])(
    'never travels without its organisation: %s',
    (use) => {
      expect(Object.keys(claims(use, EVERYTHING, inOwnName))).not.toContain('org')
      expect(JSON.stringify(claims(use, EVERYTHING, inOwnName))).not.toContain('COLLABORATEUR')
    },
  )

  test('inside a site is told to that site alone, when it asks', () => {
    expect(claims('userinfo', EVERYTHING, standing, 'bilan')['bilan']).toEqual({
      roles: ['conseiller'],
    })
    expect(claims('introspection', EVERYTHING, standing, 'bilan')['bilan']).toEqual({
      roles: ['conseiller'],
    })
    expect(claims('userinfo', ['openid'], standing, 'bilan')['bilan']).toBeUndefined()
    expect(claims('userinfo', EVERYTHING, standing, 'guide-social')['bilan']).toBeUndefined()
    expect(claims('id_token', EVERYTHING, standing, 'bilan')['bilan']).toBeUndefined()
  })
})

test('the other organisations of a person are never told', () => {
  for (const use of ['id_token', 'userinfo', 'introspection'] as const) {
    const told = JSON.stringify(claims(use))
    for (const known of Object.values(standing.choices[1] ?? {})) expect(told).not.toContain(known)
  }
})
