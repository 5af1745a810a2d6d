import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ACTION_KEYS, type ActionKey } from './actions.ts'
import { type ActingOrganisation, type Actor, kindOf } from './actor.ts'
import { BOUNDS, type Bounds } from './bounds.ts'
import { decide, outlook } from './decide.ts'
import type { Decision } from './decision.ts'
import { ROLES, type Role } from './ladder.ts'
import { inOwnName, member } from './people.fixture.ts'
import { opennessOf, SERVICES, type Service } from './services.ts'
import type { Target } from './target.ts'

const anAction = fc.constantFrom(...ACTION_KEYS)
const aRole = fc.constantFrom(...ROLES)
const aService = fc.constantFrom(...(Object.keys(SERVICES) as Service[]))

const aTarget: fc.Arbitrary<Target> = fc.record(
  {
    organisationId: fc.constantFrom('tilleuls', 'passage', null),
    author: fc.constantFrom('self', 'colleague', 'other'),
    state: fc.constantFrom('draft', 'published'),
    addressee: fc.constantFrom('self', 'other'),
    role: fc.option(aRole, { nil: null }),
    subscription: fc.constantFrom('running', 'none'),
    service: aService,
    gesture: fc.constantFrom(
      'withdraw',
      'unpublish',
      'moderate',
      'support',
      'proof',
      'request',
      'form',
    ),
  },
  { requiredKeys: [] },
)

const anOrganisation: fc.Arbitrary<Partial<ActingOrganisation>> = fc.record({
  kind: fc.constantFrom('organisme', 'academie'),
  nonprofit: fc.constantFrom(true, false, null),
  legalForm: fc.constantFrom('017', '125', '026', '029', '124', '412', '014', '999', null),
  options: fc.subarray(['collaborateur_edits_colleagues_ads', 'another_option']),
})

/** With a target, or in general. */
const aQuestion = fc.record({ action: anAction, target: fc.option(aTarget, { nil: undefined }) })

function ask(actor: Actor, action: ActionKey, target: Target | undefined): Decision {
  return target ? decide(actor, action, target) : outlook(actor, action)
}

describe('the ladder', () => {
  test('each role may all that the one below may, except to accept a transfer and to leave', () => {
    const climbing = ACTION_KEYS.filter((key) => key !== 'manager.accept' && key !== 'org.leave')
    fc.assert(
      fc.property(
        fc.constantFrom(...climbing),
        fc.option(aTarget, { nil: undefined }),
        anOrganisation,
        (action, target, organisation) => {
          const allowed = ROLES.map(
            (role) => ask(member(role, organisation), action, target).allowed,
          )
          expect(allowed).toEqual([...allowed].sort((a, b) => Number(a) - Number(b)))
        },
      ),
      { numRuns: 5_000 },
    )
  })

  test('the role that a refusal names would be enough, if only for a part of it, and none below it', () => {
    fc.assert(
      fc.property(aRole, aQuestion, anOrganisation, (role, { action, target }, organisation) => {
        const decision = ask(member(role, organisation), action, target)
        if (decision.allowed || decision.because !== 'role-too-low') return
        const named = decision.needs?.role
        const asked = (one: Role) => ask(member(one, organisation), action, target)
        const enough = ROLES.find((one) => asked(one).allowed)
        if (enough) expect(named).toBe(enough)
        else expect(named && asked(named)).toMatchObject({ because: 'only-in-part' })
      }),
      { numRuns: 5_000 },
    )
  })

  test('a decision on a thing leaves nothing open: allowed of one thing is allowed whole', () => {
    const ofOneThing = ACTION_KEYS.filter((key) => (BOUNDS[key] as Bounds).ofOneThing)
    fc.assert(
      fc.property(
        fc.constantFrom(...ofOneThing),
        aTarget,
        aRole,
        anOrganisation,
        (action, target, role, organisation) => {
          const decision = decide(member(role, organisation), action, target)
          if (decision.allowed) expect(decision.extent).toBeUndefined()
        },
      ),
      { numRuns: 5_000 },
    )
  })

  test('what is allowed of a thing is allowed in general', () => {
    fc.assert(
      fc.property(
        anAction,
        aTarget,
        aRole,
        anOrganisation,
        (action, target, role, organisation) => {
          const actor = member(role, organisation)
          if (decide(actor, action, target).allowed)
            expect(outlook(actor, action).allowed).toBe(true)
        },
      ),
      { numRuns: 5_000 },
    )
  })
})

describe('an organisation that is still to be checked', () => {
  test('may nothing that a checked one may not, and lacks nothing but what goes before the public', () => {
    fc.assert(
      fc.property(aRole, aQuestion, anOrganisation, (role, { action, target }, organisation) => {
        const checked = ask(member(role, organisation), action, target)
        const unchecked = ask(member(role, { ...organisation, toCheck: true }), action, target)
        const isHeldBack = checked.allowed && !unchecked.allowed
        if (!isHeldBack) expect(unchecked).toEqual(checked)
        else {
          expect(unchecked).toMatchObject({ because: 'to-check', instead: 'draft' })
          expect((BOUNDS[action] as Bounds).goesPublic).toBe(true)
          expect(target?.state).not.toBe('draft')
        }
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('nothing is allowed', () => {
  function isNever(name: string, because: string, actorOf: (role: Role) => Actor) {
    test(name, () => {
      fc.assert(
        fc.property(aRole, aQuestion, (role, { action, target }) => {
          expect(ask(actorOf(role), action, target)).toEqual({ allowed: false, because })
        }),
        { numRuns: 1_000 },
      )
    })
  }

  isNever('to an account that is not active', 'account-inactive', (role) => ({
    ...member(role),
    accountActive: false,
  }))
  isNever('in one’s own name to an account that is not active', 'account-inactive', () => ({
    ...inOwnName('independant'),
    accountActive: false,
  }))
  isNever('to staff whose account is not active', 'account-inactive', () => ({
    kind: 'staff',
    accountActive: false,
  }))
  isNever('through a link that is not active', 'link-inactive', (role) =>
    member(role, { linkActive: false }),
  )
  isNever('for an organisation that is closed', 'organisation-closed', (role) =>
    member(role, { active: false }),
  )

  test('when every service it is part of is closed', () => {
    fc.assert(
      fc.property(aRole, aQuestion, anOrganisation, (role, { action, target }, profile) => {
        const actor = member(role, profile)
        const { organisation } = actor
        const services = BOUNDS[action].services as readonly Service[]
        if (!organisation || services.length === 0) return
        const open = services.some(
          (one) => opennessOf(one, kindOf(organisation), organisation.legalForm) !== 'closed',
        )
        if (!open) expect(ask(actor, action, target).allowed).toBe(false)
      }),
      { numRuns: 5_000 },
    )
  })

  test('on what belongs to another organisation, but what is public and asking to join it', () => {
    const open = ACTION_KEYS.filter((key) => !['nobody', 'another'].includes(BOUNDS[key].belongs))
    fc.assert(
      fc.property(
        fc.constantFrom(...open),
        aTarget,
        aRole,
        anOrganisation,
        (action, target, role, organisation) => {
          const foreign = { ...target, organisationId: 'passage' }
          expect(decide(member(role, organisation), action, foreign).allowed).toBe(false)
          expect(decide(inOwnName('independant'), action, foreign).allowed).toBe(false)
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
