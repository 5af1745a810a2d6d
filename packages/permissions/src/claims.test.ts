import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { actorFromClaims } from './claims.ts'
import { allowedActions } from './decide.ts'
import { ROLES } from './ladder.ts'

const ORG = {
  id: '0190',
  bce: '0566988259',
  name: 'Exemple ASBL',
  kind: 'organisme',
  nonprofit: true,
  legal_form: '017',
  role: 'COLLABORATEUR',
  options: ['collaborateur_edits_colleagues_ads'],
}
const CLAIMS = { sub: 'k7Q', account_type: 'organisme', org: ORG }

const IN_OWN_NAME = { kind: 'person', accountType: 'organisme', accountActive: true }

describe('the claims of 7.3', () => {
  test('say for which organisation somebody acts, and with which role', () => {
    expect(actorFromClaims(CLAIMS)).toEqual({
      ...IN_OWN_NAME,
      organisation: {
        id: '0190',
        name: 'Exemple ASBL',
        role: 'COLLABORATEUR',
        kind: 'organisme',
        nonprofit: true,
        legalForm: '017',
        options: ['collaborateur_edits_colleagues_ads'],
        active: true,
        linkActive: true,
      },
    })
  })

  test('say that nobody has checked the organisation yet; said in whatever way, it narrows', () => {
    for (const to_check of [true, 'yes', 1, null, {}]) {
      expect(actorFromClaims({ ...CLAIMS, org: { ...ORG, to_check } })).toMatchObject({
        organisation: { toCheck: true },
      })
    }
    for (const to_check of [false, undefined]) {
      const actor = actorFromClaims({ ...CLAIMS, org: { ...ORG, to_check } })
      expect(JSON.stringify(actor)).not.toContain('toCheck')
    }
  })

  test('without an organisation mean somebody acting in their own name', () => {
    expect(actorFromClaims({ sub: 'k7Q', account_type: 'organisme' })).toEqual(IN_OWN_NAME)
  })

  test.each([
    ['a role nobody knows', { ...ORG, role: 'ADMIN' }],
    ['a role spelled otherwise', { ...ORG, role: 'gestionnaire' }],
    ['a list of roles', { ...ORG, role: ['GESTIONNAIRE'] }],
    ['no role', { ...ORG, role: undefined }],
    ['no id', { ...ORG, id: '' }],
    ['no kind, as in an id_token', { id: ORG.id, role: ORG.role }],
    ['a kind nobody knows', { ...ORG, kind: 'anm' }],
    ['a list for an organisation', [ORG]],
    ['a text for an organisation', 'GESTIONNAIRE'],
  ])('with %s yield no organisation', (_, org) => {
    expect(actorFromClaims({ ...CLAIMS, org })).toEqual(IN_OWN_NAME)
  })

  test('keep of the options those that can be one', () => {
    const options = [null, 'collaborateur_edits_colleagues_ads', 1, '', {}]
    expect(actorFromClaims({ ...CLAIMS, org: { ...ORG, options } })).toMatchObject({
      organisation: { options: ['collaborateur_edits_colleagues_ads'] },
    })
    expect(actorFromClaims({ ...CLAIMS, org: { ...ORG, options: 'all' } })).toMatchObject({
      organisation: { options: [] },
    })
  })

  test('of a profile nobody knows yield the narrowest', () => {
    expect(actorFromClaims({ sub: 'k7Q', account_type: 'admin' })).toMatchObject({
      accountType: 'particulier',
    })
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [CLAIMS]],
    ['no subject', { ...CLAIMS, sub: undefined }],
    ['a token that is no longer active', { ...CLAIMS, active: false }],
  ])('that are %s mean a visitor', (_, claims) => {
    expect(actorFromClaims(claims)).toEqual({ kind: 'visitor' })
  })

  test('that tell no profile of the organisation give it the narrowest', () => {
    const org = { ...ORG, nonprofit: 'true', role: 'GESTIONNAIRE' }
    const actions = allowedActions(actorFromClaims({ ...CLAIMS, org })).map(({ action }) => action)
    expect(actions).not.toContain('doc.generate')
    expect(actions).toContain('ad.emploi.publish')
  })
})

describe('whatever the claims', () => {
  const loose = fc.oneof(fc.jsonValue(), fc.constantFrom(...ROLES, 'ADMIN', 'gestionnaire'))
  const org = fc.record(
    {
      id: fc.oneof(fc.string(), loose),
      role: loose,
      kind: fc.oneof(fc.constantFrom('organisme', 'academie'), loose),
      nonprofit: loose,
      legal_form: loose,
      options: loose,
      name: loose,
    },
    { requiredKeys: [] },
  )
  const shaped = fc.record(
    {
      sub: fc.oneof(fc.string(), loose),
      account_type: loose,
      active: loose,
      org: fc.oneof(org, loose),
    },
    { requiredKeys: [] },
  )

  test('reading never throws, and a role is one that stands there literally', () => {
    fc.assert(
      fc.property(fc.oneof(shaped, fc.jsonValue(), fc.anything()), (claims) => {
        const actor = actorFromClaims(claims)
        expect(actor.kind).not.toBe('staff')
        if (actor.kind !== 'person' || !actor.organisation) return
        const told = (claims as { org: { role: unknown; id: unknown } }).org
        expect(told.role).toBe(actor.organisation.role)
        expect(told.id).toBe(actor.organisation.id)
      }),
      { numRuns: 2_000 },
    )
  })

  test('what is read can be decided upon', () => {
    fc.assert(
      fc.property(shaped, (claims) => {
        expect(Array.isArray(allowedActions(actorFromClaims(claims)))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a polluted prototype', () => {
  const prototype = Object.prototype as { role?: unknown }

  afterEach(() => {
    delete prototype.role
  })

  test('lends nobody a role', () => {
    prototype.role = 'GESTIONNAIRE'
    const { role: _, ...org } = ORG
    expect(actorFromClaims({ ...CLAIMS, org })).toEqual(IN_OWN_NAME)
  })
})
