import { describe, expect, test } from '@jest/globals'
import { VISITOR } from './actor.ts'
import { decide, outlook } from './decide.ts'
import { inColumn, inOwnName, member } from './people.fixture.ts'
import type { Target } from './target.ts'

const HERE = 'tilleuls'
const ELSEWHERE = 'passage'

const ALLOWED = { allowed: true }

function refused(because: string, needs?: object) {
  return { allowed: false, because, ...(needs && { needs }) }
}

describe('a refusal says which half failed: the service or the role (M40)', () => {
  test('a reader of an ASBL hears the least role that publishes a job', () => {
    expect(decide(member('LECTEUR'), 'ad.emploi.publish')).toEqual(
      refused('role-too-low', { role: 'COLLABORATEUR' }),
    )
  })

  test('a manager of a public body hears that the Tableau de Bord is closed to it', () => {
    const manager = member('GESTIONNAIRE', { legalForm: '412' })
    expect(decide(manager, 'doc.generate')).toEqual(
      refused('service-closed', { service: 'tableau-de-bord' }),
    )
  })

  test('where both fail the service is told, since no role would help', () => {
    const reader = member('LECTEUR', { nonprofit: false, legalForm: '014' })
    expect(decide(reader, 'doc.generate')).toEqual(
      refused('service-closed', { service: 'tableau-de-bord' }),
    )
  })

  test('a reader who may not generate documents may still read their list (P17)', () => {
    expect(decide(member('LECTEUR'), 'doc.generate')).toEqual({
      ...refused('role-too-low', { role: 'COLLABORATEUR' }),
      instead: 'read-list',
    })
  })

  test('a commercial organisation publishes jobs within the sector only (5.2)', () => {
    const company = member('COLLABORATEUR', { nonprofit: false, legalForm: '015' })
    expect(decide(company, 'ad.emploi.publish')).toEqual({ allowed: true, within: 'sector' })
    expect(decide(company, 'ad.agenda.publish')).toEqual(ALLOWED)
  })

  test('an académie opens none of the services of the ANM, and manages its team all the same', () => {
    const manager = member('GESTIONNAIRE', { kind: 'academie', nonprofit: null, legalForm: null })
    expect(decide(manager, 'ad.emploi.publish')).toMatchObject({ because: 'service-closed' })
    expect(decide(manager, 'ad.org.list')).toEqual(refused('service-closed'))
    expect(decide(manager, 'own.preferences')).toMatchObject({ because: 'service-closed' })
    expect(decide(manager, 'team.role', { organisationId: HERE, role: 'LECTEUR' })).toEqual(ALLOWED)
  })

  test('an ad of a service that is closed cannot be edited, one that is open can', () => {
    const independant = inOwnName('independant')
    const mine: Target = { author: 'self', organisationId: null }
    expect(decide(independant, 'ad.own', { ...mine, service: 'formation' })).toEqual(ALLOWED)
    expect(decide(independant, 'ad.own', { ...mine, service: 'emploi' })).toMatchObject({
      because: 'profile',
    })
  })
})

describe('in one’s own name', () => {
  test('a visitor is told to sign in, and what it will take then', () => {
    expect(decide(VISITOR, 'ad.emploi.publish')).toEqual(
      refused('not-signed-in', { profiles: ['organisme'], role: 'COLLABORATEUR' }),
    )
    expect(decide(VISITOR, 'contact.anm')).toEqual({ allowed: true, extent: 'form' })
  })

  test('a particulier or an indépendant meets the limits of the profile (E22)', () => {
    expect(decide(inOwnName('particulier'), 'ad.formation.publish')).toEqual(
      refused('profile', { profiles: ['independant', 'organisme'], role: 'COLLABORATEUR' }),
    )
    expect(decide(inOwnName('independant'), 'ad.emploi.publish')).toMatchObject({
      because: 'profile',
    })
  })

  test('a linked person has the rights of a particulier, and hears to act for an organisation (5.1)', () => {
    const linked = inOwnName('organisme')
    expect(decide(linked, 'ad.petite.self')).toEqual(ALLOWED)
    expect(decide(linked, 'ad.agenda.publish')).toMatchObject({ because: 'needs-organisation' })
    expect(decide(linked, 'read.subscriber', { subscription: 'running' })).toMatchObject({
      because: 'needs-organisation',
    })
  })

  test('an indépendant who belongs to an organisation has its role there, not the profile’s (D9)', () => {
    const reader = { ...member('LECTEUR'), accountType: 'independant' } as const
    expect(decide(reader, 'ad.agenda.publish')).toMatchObject({ because: 'role-too-low' })
  })

  test('an ad of an organisation is out of reach, even one’s own', () => {
    expect(
      decide(inOwnName('particulier'), 'ad.own', { author: 'self', organisationId: HERE }),
    ).toEqual(refused('needs-organisation'))
  })

  test('what somebody else has in their own name is nobody’s business (M54)', () => {
    const theirs: Target = { author: 'other', organisationId: null }
    expect(decide(inOwnName('particulier'), 'ad.own', theirs)).toEqual(refused('not-yours'))
    expect(decide(member('GESTIONNAIRE'), 'ad.own', theirs)).toEqual(refused('not-yours'))
    expect(decide(member('GESTIONNAIRE'), 'cv.own', { author: 'colleague' })).toEqual(
      refused('not-yours'),
    )
  })

  test('one’s own petite annonce is not published for the organisation', () => {
    expect(decide(member('GESTIONNAIRE'), 'ad.petite.self', { organisationId: HERE })).toEqual(
      refused('in-own-name-only'),
    )
  })
})

describe('job offers of an organisation (P8 to P10)', () => {
  const mine: Target = { author: 'self', organisationId: HERE, service: 'emploi' }
  const colleague: Target = { author: 'colleague', organisationId: HERE, service: 'emploi' }

  test('a collaborator edits their own, not a colleague’s', () => {
    expect(decide(member('COLLABORATEUR'), 'ad.own', mine)).toEqual(ALLOWED)
    expect(decide(member('COLLABORATEUR'), 'ad.own', colleague)).toEqual(
      refused('role-too-low', { role: 'RESPONSABLE' }),
    )
    expect(decide(member('COLLABORATEUR'), 'ad.colleague', colleague)).toEqual(
      refused('role-too-low', { role: 'RESPONSABLE' }),
    )
  })

  test('the setting of the manager opens colleagues’ ads to collaborators, and to nobody lower (note 1)', () => {
    const options = ['collaborateur_edits_colleagues_ads']
    expect(decide(member('COLLABORATEUR', { options }), 'ad.colleague', colleague)).toEqual(ALLOWED)
    expect(decide(member('LECTEUR', { options }), 'ad.colleague', colleague)).toEqual(
      refused('role-too-low', { role: 'COLLABORATEUR' }),
    )
  })

  test('a responsible edits everybody’s', () => {
    expect(decide(member('RESPONSABLE'), 'ad.colleague', colleague)).toEqual(ALLOWED)
  })

  test('whoever was lowered to reader no longer edits what they wrote for the organisation', () => {
    expect(decide(member('LECTEUR'), 'ad.own', mine)).toEqual(
      refused('role-too-low', { role: 'COLLABORATEUR' }),
    )
    expect(
      decide(member('LECTEUR'), 'ad.own', {
        author: 'self',
        organisationId: null,
        service: 'petite-annonce',
      }),
    ).toEqual(ALLOWED)
  })

  test('a reader sees what is published, a collaborator the drafts too', () => {
    expect(decide(member('LECTEUR'), 'ad.org.list')).toEqual({ allowed: true, extent: 'published' })
    expect(decide(member('LECTEUR'), 'ad.org.list', { state: 'published' })).toEqual(ALLOWED)
    expect(decide(member('LECTEUR'), 'ad.org.list', { state: 'draft' })).toEqual(
      refused('role-too-low', { role: 'COLLABORATEUR' }),
    )
    expect(decide(member('COLLABORATEUR'), 'ad.org.list', { state: 'draft' })).toEqual(ALLOWED)
  })

  test('the ads of another organisation are out of reach of every role', () => {
    expect(
      decide(member('GESTIONNAIRE'), 'ad.colleague', { ...colleague, organisationId: ELSEWHERE }),
    ).toEqual(refused('other-organisation'))
  })

  test('a petite annonce in a colleague’s own name is not the organisation’s', () => {
    expect(
      decide(member('GESTIONNAIRE'), 'ad.colleague', { author: 'colleague', organisationId: null }),
    ).toEqual(refused('not-yours'))
  })

  test('an ad of which nothing is told is refused', () => {
    // @ts-expect-error: asked of one thing, the action wants that thing.
    expect(decide(member('GESTIONNAIRE'), 'ad.own')).toEqual(refused('other-organisation'))
    expect(decide(member('GESTIONNAIRE'), 'ad.own', {})).toEqual(refused('other-organisation'))
    expect(decide(member('COLLABORATEUR'), 'ad.own', { organisationId: HERE })).toMatchObject({
      allowed: false,
    })
    expect(decide(inOwnName('particulier'), 'ad.own', { author: 'self' })).toEqual(
      refused('not-yours'),
    )
  })
})

describe('the team', () => {
  test('a responsible invites readers and collaborators only (E20)', () => {
    const inviting = (role: Target['role']) =>
      decide(member('RESPONSABLE'), 'team.invite', { organisationId: HERE, role: role ?? null })
    expect(inviting('COLLABORATEUR')).toEqual(ALLOWED)
    expect(inviting('RESPONSABLE')).toEqual(
      refused('role-of-other', { roles: ['LECTEUR', 'COLLABORATEUR'] }),
    )
  })

  test('nobody is made manager by a change of role, an invitation or a request (8.2)', () => {
    const target: Target = { organisationId: HERE, role: 'GESTIONNAIRE' }
    const manager = member('GESTIONNAIRE')
    for (const action of ['team.invite', 'team.invite.resp', 'team.role', 'join.decide'] as const) {
      expect(decide(manager, action, target)).toMatchObject({ because: 'role-of-other' })
      expect(decide(manager, action, { organisationId: HERE })).toMatchObject({
        because: 'role-of-other',
      })
    }
  })

  test('a join request is refused without choosing a role', () => {
    expect(
      decide(member('GESTIONNAIRE'), 'join.decide', { organisationId: HERE, role: null }),
    ).toEqual(ALLOWED)
  })

  test('a responsible cancels the invitations they sent, the manager all', () => {
    const sent = (author: NonNullable<Target['author']>): Target => ({
      author,
      organisationId: HERE,
    })
    expect(decide(member('RESPONSABLE'), 'team.invite.cancel', sent('self'))).toEqual(ALLOWED)
    expect(decide(member('RESPONSABLE'), 'team.invite.cancel', sent('colleague'))).toEqual(
      refused('role-too-low', { role: 'GESTIONNAIRE' }),
    )
    expect(decide(member('GESTIONNAIRE'), 'team.invite.cancel', sent('colleague'))).toEqual(ALLOWED)
  })

  test('the manager role goes to a responsible only (E17)', () => {
    const to = (role: 'COLLABORATEUR' | 'RESPONSABLE') =>
      decide(member('GESTIONNAIRE'), 'manager.transfer', { organisationId: HERE, role })
    expect(to('RESPONSABLE')).toEqual(ALLOWED)
    expect(to('COLLABORATEUR')).toEqual(refused('role-of-other', { roles: ['RESPONSABLE'] }))
  })

  test('a transfer is accepted by the responsible it is addressed to', () => {
    const proposed = (addressee: 'self' | 'other'): Target => ({ organisationId: HERE, addressee })
    expect(decide(member('RESPONSABLE'), 'manager.accept', proposed('self'))).toEqual(ALLOWED)
    expect(decide(member('RESPONSABLE'), 'manager.accept', proposed('other'))).toEqual(
      refused('not-yours'),
    )
    expect(decide(member('GESTIONNAIRE'), 'manager.accept', proposed('self'))).toEqual(
      refused('role-too-high'),
    )
  })

  test('everybody may leave but the manager (E16)', () => {
    expect(decide(member('RESPONSABLE'), 'org.leave', { organisationId: HERE })).toEqual(ALLOWED)
    expect(decide(member('GESTIONNAIRE'), 'org.leave', { organisationId: HERE })).toEqual(
      refused('role-too-high'),
    )
  })

  test('one asks to join another organisation, not the one one acts for', () => {
    expect(decide(member('LECTEUR'), 'join.ask', { organisationId: ELSEWHERE })).toEqual(ALLOWED)
    expect(decide(member('LECTEUR'), 'join.ask', { organisationId: HERE })).toEqual(
      refused('already-member'),
    )
  })

  test('nobody sees more of a colleague than identity, e-mail and role (P19)', () => {
    for (const column of ['V', 'P', 'I', 'L', 'C', 'R', 'G', 'A'] as const) {
      expect(outlook(inColumn(column), 'team.private.read')).toEqual(refused('never'))
    }
  })
})

describe('what is narrower than it looks', () => {
  const staff = inColumn('A')

  test('closing the account of an organisation is asked, not done, by its manager (P32)', () => {
    const manager = member('GESTIONNAIRE')
    expect(decide(manager, 'org.close', { organisationId: HERE, gesture: 'request' })).toEqual(
      ALLOWED,
    )
    expect(decide(manager, 'org.close', { organisationId: HERE })).toEqual(
      refused('only-in-part', { gesture: 'request' }),
    )
  })

  test('a reader hears who may ask for it, whatever the gesture', () => {
    expect(decide(member('LECTEUR'), 'org.close', { organisationId: HERE })).toEqual(
      refused('role-too-low', { role: 'GESTIONNAIRE' }),
    )
  })

  test('a CV that is not published is refused to a reader for that, not for their role', () => {
    expect(decide(member('LECTEUR'), 'cv.read', { state: 'draft' })).toEqual(refused('not-yours'))
    expect(decide(member('LECTEUR'), 'cv.read', { state: 'published' })).toEqual(
      refused('role-too-low', { role: 'COLLABORATEUR' }),
    )
  })

  test('staff withdraw an ad, and neither edit nor delete it', () => {
    expect(decide(staff, 'ad.colleague', { organisationId: HERE, gesture: 'withdraw' })).toEqual(
      ALLOWED,
    )
    expect(decide(staff, 'ad.colleague', { organisationId: HERE })).toEqual(
      refused('only-in-part', { gesture: 'withdraw' }),
    )
  })

  test('staff see neither a CV that is not published nor anybody’s alerts (note 2)', () => {
    expect(decide(staff, 'cv.read', { state: 'draft' })).toEqual(refused('not-yours'))
    expect(decide(staff, 'own.preferences')).toEqual(refused('not-for-staff'))
  })

  test('subscriber content wants a running subscription, and says so (E15)', () => {
    expect(decide(member('LECTEUR'), 'read.subscriber', { subscription: 'running' })).toEqual(
      ALLOWED,
    )
    for (const target of [{ subscription: 'none' }, {}] as const) {
      expect(decide(member('GESTIONNAIRE'), 'read.subscriber', target)).toEqual(
        refused('needs-subscription'),
      )
    }
    expect(decide(staff, 'read.subscriber', {})).toEqual(ALLOWED)
  })

  test('a collaborator sees the orders they placed (P30)', () => {
    expect(decide(member('COLLABORATEUR'), 'bill.read')).toEqual({ allowed: true, extent: 'own' })
    expect(decide(member('COLLABORATEUR'), 'bill.read', { author: 'colleague' })).toEqual(
      refused('role-too-low', { role: 'RESPONSABLE' }),
    )
  })

  test('whoever acts for an organisation does not buy for themselves meanwhile', () => {
    expect(decide(member('GESTIONNAIRE'), 'buy.unit', { organisationId: null })).toEqual(
      refused('in-own-name-only'),
    )
  })

  test('staff are held to the other person’s role too: the manager is not removed', () => {
    const remove = (role: 'LECTEUR' | 'GESTIONNAIRE') =>
      decide(staff, 'team.remove', { organisationId: HERE, role })
    expect(remove('LECTEUR')).toEqual(ALLOWED)
    expect(remove('GESTIONNAIRE')).toMatchObject({ because: 'role-of-other' })
  })

  test('an indépendant buys for themselves, not for an organisation', () => {
    expect(decide(inOwnName('independant'), 'buy.major')).toEqual({ allowed: true, extent: 'self' })
    expect(decide(inOwnName('independant'), 'buy.major', { organisationId: HERE })).toEqual(
      refused('needs-organisation'),
    )
  })
})

describe('an organisation nobody of the ANM has checked yet keeps drafts (D13, 4.2.3)', () => {
  const unchecked = { toCheck: true } as const
  const TO_CHECK = { ...refused('to-check'), instead: 'draft' }
  const publishing = [
    ['P3', 'ad.emploi.publish'],
    ['P4', 'ad.agenda.publish'],
    ['P5', 'ad.formation.publish'],
    ['P7', 'ad.petite.org'],
    ['P16', 'org.fiche.publish'],
  ] as const

  test.each(publishing)('%s: no role publishes, each that could may keep a draft', (_, action) => {
    for (const role of ['RESPONSABLE', 'GESTIONNAIRE'] as const) {
      const actor = member(role, unchecked)
      const target: Target = { organisationId: HERE }
      expect(decide(actor, action, target)).toEqual(TO_CHECK)
      expect(decide(actor, action, { ...target, state: 'published' })).toEqual(TO_CHECK)
      expect(decide(actor, action, { ...target, state: 'draft' })).toEqual(ALLOWED)
      expect(outlook(actor, action)).toEqual(TO_CHECK)
    }
  })

  test('whoever could not publish anyway is told of the role, with which drafts are open', () => {
    expect(decide(member('LECTEUR', unchecked), 'ad.emploi.publish')).toEqual(
      refused('role-too-low', { role: 'COLLABORATEUR' }),
    )
  })

  test('what is public is taken down all the same, and everything else goes on', () => {
    const manager = member('GESTIONNAIRE', unchecked)
    const fiche: Target = { organisationId: HERE, gesture: 'unpublish' }
    expect(decide(manager, 'org.fiche.publish', fiche)).toEqual(ALLOWED)
    for (const action of ['ad.org.list', 'team.read', 'buy.unit'] as const) {
      expect(decide(manager, action)).toEqual(ALLOWED)
    }
    expect(decide(manager, 'ad.own', { organisationId: HERE, author: 'self' })).toEqual(ALLOWED)
    // In one's own name nothing changes (P6).
    expect(decide(manager, 'ad.petite.self', { organisationId: null, author: 'self' })).toEqual(
      ALLOWED,
    )
  })
})
