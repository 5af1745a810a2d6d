import { describe, expect, jest, test } from '@jest/globals'
import type { Person, Role } from '@myanm/permissions'
import fc from 'fast-check'
import {
  fateOf,
  type InvitedRole,
  judge,
  type Known,
  mayCancel,
  readList,
  rolesToGive,
  standpointOf,
} from './rules.ts'

const member = (role: Role): Person => ({
  kind: 'person',
  accountType: 'organisme',
  accountActive: true,
  organisation: {
    id: '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000',
    role,
    kind: 'organisme',
    nonprofit: true,
    legalForm: '017',
    options: [],
    active: true,
    linkActive: true,
  },
})

const nothing: Known = { members: new Set(), invited: new Set(), tired: new Set(), left: 1000 }
const verdicts = (text: string, known: Partial<Known> = {}, may?: readonly InvitedRole[]) =>
  judge(readList(text), {
    role: 'LECTEUR',
    may: may ?? ['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE'],
    known: { ...nothing, ...known },
  }).map(({ verdict }) => verdict)

describe('who invites', () => {
  test.each<[Role, readonly string[]]>([
    ['LECTEUR', []],
    ['COLLABORATEUR', []],
    ['RESPONSABLE', ['LECTEUR', 'COLLABORATEUR']],
    ['GESTIONNAIRE', ['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE']],
  ])('as %s gives %j (P20, P21, E20)', (role, roles) => {
    expect(rolesToGive(member(role))).toEqual(roles)
  })

  test('cancels their own as RESPONSABLE, all as GESTIONNAIRE (P22)', () => {
    expect(mayCancel(member('RESPONSABLE'), 'self')).toBe(true)
    expect(mayCancel(member('RESPONSABLE'), 'colleague')).toBe(false)
    expect(mayCancel(member('GESTIONNAIRE'), 'colleague')).toBe(true)
    expect(mayCancel(member('COLLABORATEUR'), 'self')).toBe(false)
  })
})

describe('a pasted list', () => {
  test.each<[string, readonly (readonly [string | null, Role | null])[]]>([
    ['anne@exemple.be', [['anne@exemple.be', null]]],
    ['Anne Dupont <anne@exemple.be>; collaborateur', [['anne@exemple.be', 'COLLABORATEUR']]],
    ['Dupont\tAnne\tanne@exemple.be\tResponsable', [['anne@exemple.be', 'RESPONSABLE']]],
    ['Dupont, Anne, anne@exemple.be, LECTRICE', [['anne@exemple.be', 'LECTEUR']]],
    ['Anne anne@exemple.be', [['anne@exemple.be', null]]],
    ['mailto:anne@exemple.be', [['anne@exemple.be', null]]],
    ['anne@exemple.be;;;', [['anne@exemple.be', null]]],
    [
      'Anne <anne@exemple.be>, Dupont, Luc <luc@exemple.be>; lecteur, zoe@exemple.be',
      [
        ['anne@exemple.be', null],
        ['luc@exemple.be', 'LECTEUR'],
        ['zoe@exemple.be', null],
      ],
    ],
    ['Anne <pas une adresse@>', [[null, null]]],
    ['Anne Dupont', [[null, null]]],
    ['anne@exemple.be; gestionnaire', [['anne@exemple.be', 'GESTIONNAIRE']]],
  ])('%j is read as %j', (line, people) => {
    expect(readList(line).map(({ email, role }) => [email, role])).toEqual(people)
  })

  test('has a heading or empty lines, and each person keeps the number of their line', () => {
    const text = 'Nom;E-mail;Rôle\r\n\r\nAnne;anne@exemple.be;lecteur\nLuc;luc@exemple.be\n'
    expect(readList(text).map(({ line, email }) => [line, email])).toEqual([
      [3, 'anne@exemple.be'],
      [4, 'luc@exemple.be'],
    ])
  })

  test('a word after the address that is no role is said to be none, not passed over', () => {
    const [entry] = readList('anne@exemple.be; responsible')
    expect(entry).toMatchObject({ role: null, unknownRole: 'responsible' })
  })

  test('whatever is pasted, each line that is not empty has a result and nothing is made up', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const { email, typed, line } of readList(text)) {
          expect(line).toBeGreaterThan(0)
          if (email !== null) expect(typed.toLowerCase()).toContain('@')
        }
      }),
      { seed: 1 },
    )
  })
})

test('of a long line each cell is looked at a few times, so that nobody holds up the others with one', () => {
  const cells = 2000
  // Counted, not timed: whatever else the machine does.
  const looks = jest.spyOn(String.prototype, 'includes')
  try {
    expect(readList(`a@b.be${';x'.repeat(cells)}`)).toHaveLength(1)
    expect(looks.mock.calls.length).toBeGreaterThan(cells)
    expect(looks.mock.calls.length).toBeLessThan(5 * cells)
  } finally {
    looks.mockRestore()
  }
})

describe('each line has a result', () => {
  test('valid, malformed, in the team, invited already, twice in the list (E19, E33)', () => {
    const text = 'a@exemple.be\npas-une-adresse\nb@exemple.be\nc@exemple.be\nA@EXEMPLE.BE'
    const known = { members: new Set(['b@exemple.be']), invited: new Set(['c@exemple.be']) }
    expect(verdicts(text, known)).toEqual(['valid', 'malformed', 'member', 'invited', 'double'])
  })

  test('a role that is too high, none, or to lead (E20)', () => {
    const text = 'a@exemple.be; responsable\nb@exemple.be; gestionnaire\nc@exemple.be; chef'
    expect(verdicts(text, {}, ['LECTEUR', 'COLLABORATEUR'])).toEqual([
      'role-too-high',
      'never-to-lead',
      'role-unknown',
    ])
  })

  test('who had enough mails today, and what is beyond the number for a day', () => {
    const known = { tired: new Set(['a@exemple.be']), left: 1 }
    expect(verdicts('a@exemple.be\nb@exemple.be\nc@exemple.be', known)).toEqual([
      'too-often',
      'valid',
      'too-many',
    ])
  })
})

describe('what became of an invitation', () => {
  const now = new Date('2026-11-22T10:00:00Z')
  const later = new Date('2026-11-30T10:00:00Z')
  const pending = {
    state: 'pending',
    expiresAt: later,
    letter: 'sent',
    isSupported: true,
    begunAt: null,
  } as const

  test.each([
    [{}, 'sent'],
    [{ letter: 'queued' }, 'sending'],
    [{ letter: 'bounced' }, 'not-delivered'],
    [{ letter: 'refused' }, 'not-delivered'],
    // The letter was forgotten since: it had left.
    [{ letter: null }, 'sent'],
    [{ isSupported: false }, 'unsupported'],
    [{ begunAt: now }, 'begun'],
    [{ begunAt: now, letter: 'bounced' }, 'begun'],
    [{ begunAt: now, isSupported: false }, 'unsupported'],
    [{ begunAt: now, expiresAt: now }, 'expired'],
    [{ expiresAt: now }, 'expired'],
    [{ state: 'accepted', expiresAt: now }, 'accepted'],
  ] as const)('with %j is %s', (given, fate) => {
    expect(fateOf({ ...pending, ...given }, now)).toBe(fate)
  })
})

describe('who has an invitation in front of them', () => {
  test.each([
    [{ isSignedIn: true, isOwn: true, holder: 'active' }, 'own'],
    [{ isSignedIn: true, isOwn: false, holder: null }, 'other'],
    [{ isSignedIn: true, isOwn: false, holder: 'unconfirmed' }, 'other'],
    [{ isSignedIn: true, isOwn: false, holder: 'active' }, 'elsewhere'],
    [{ isSignedIn: true, isOwn: false, holder: 'legacy' }, 'elsewhere'],
    [{ isSignedIn: false, isOwn: false, holder: null }, 'new'],
    [{ isSignedIn: false, isOwn: false, holder: 'unconfirmed' }, 'new'],
    [{ isSignedIn: false, isOwn: false, holder: 'invited' }, 'new'],
    [{ isSignedIn: false, isOwn: false, holder: 'legacy' }, 'legacy'],
    [{ isSignedIn: false, isOwn: false, holder: 'suspended' }, 'suspended'],
    [{ isSignedIn: false, isOwn: false, holder: 'active' }, 'sign-in'],
    [{ isSignedIn: false, isOwn: false, holder: 'deletion_requested' }, 'sign-in'],
  ] as const)('%j stands at « %s »', (given, standpoint) => {
    expect(standpointOf(given)).toBe(standpoint)
  })
})
