import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { grantIdFor, organisationOf, sidFor } from './acting-context.ts'

const where = { session: 'session-1', client: 'guide-social', actingFor: null }
const organisation = '01900000-0000-7000-8000-000000000002'
const membership = '01900000-0000-7000-8000-00000000000a'
const actingFor = { organisation, membership }

describe('the name of a grant', () => {
  test('is the same for two tabs, and another for anything else', () => {
    expect(grantIdFor(where)).toBe(grantIdFor({ ...where }))
    const others = [
      { ...where, session: 'session-2' },
      { ...where, client: 'monasbl' },
      { ...where, actingFor },
      {
        ...where,
        actingFor: { ...actingFor, organisation: '01900000-0000-7000-8000-000000000003' },
      },
      // Removed and let in again.
      { ...where, actingFor: { ...actingFor, membership: '01900000-0000-7000-8000-00000000000b' } },
      // What runs together must not run together.
      { ...where, session: 'session-1\nguide', client: '-social' },
    ]
    const names = [where, ...others].map(grantIdFor)
    expect(new Set(names).size).toBe(names.length)
  })

  test('says for whom it acts, and nothing else', () => {
    expect(organisationOf(grantIdFor({ ...where, actingFor }))).toBe(organisation)
    expect(organisationOf(grantIdFor(where))).toBeNull()
    expect(organisationOf(undefined)).toBeNull()
    expect(grantIdFor({ ...where, actingFor })).not.toMatch(/session|guide/)
  })

  test('whatever the names are, the organisation comes back as it was', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.uuid(), (session, client, asked) => {
        const actingFor = { organisation: asked, membership }
        expect(organisationOf(grantIdFor({ session, client, actingFor }))).toBe(asked)
        expect(organisationOf(grantIdFor({ session, client, actingFor: null }))).toBeNull()
      }),
      { seed: 1 },
    )
  })
})

test('a session has one name at each client, and its grants have others', () => {
  expect(sidFor('session-1', 'guide-social')).toBe(sidFor('session-1', 'guide-social'))
  expect(sidFor('session-1', 'guide-social')).not.toBe(sidFor('session-1', 'monasbl'))
  expect(sidFor('session-1', 'guide-social')).not.toBe(sidFor('session-2', 'guide-social'))
  expect(sidFor('session-1', 'guide-social')).not.toBe(grantIdFor(where))
})
