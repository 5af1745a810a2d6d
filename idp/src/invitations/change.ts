import { type Tx, transact } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import { type LockedOrganisation, lockOrganisation } from '#organisations'
import { renewProof, withdrawProof } from '#proofs'
import { identifierKey } from '#rules/accounts'
import { LIFETIMES } from '#rules/proofs'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { expireNow } from './expire.ts'
import { validOf } from './invite.ts'
import { findInviter, type Inviter } from './inviter.ts'
import { judge, mayCancel, mayGive, PAUSE, rolesToGive, type Verdict } from './rules.ts'
import { detailsOf, sendInvitations } from './send.ts'
import { findKnown, type Invitation, lockInvitation, noteSentAgain, settle } from './store.ts'
import { tellInviter } from './tell-inviter.ts'

/** Who does something to which invitation of their team. */
interface Gesture {
  readonly organisation: string
  readonly invitation: string
  readonly by: string
  readonly now: Date
}

type Held = {
  readonly organisation: LockedOrganisation
  readonly inviter: Inviter
  readonly invitation: Invitation
}

/** With the organisation held, so that it is done to what is there, by who may at this moment. */
async function holdAsMember(tx: Tx<Tables>, gesture: Gesture): Promise<Held | null> {
  const organisation = await lockOrganisation(tx, gesture.organisation)
  const inviter = await findInviter(tx, { account: gesture.by, organisation: gesture.organisation })
  const invitation = await lockInvitation(tx, gesture.invitation)
  const isHere = invitation?.organisation === gesture.organisation
  return organisation && inviter && invitation && isHere
    ? { organisation, inviter, invitation }
    : null
}

/** Nobody is of its team any more, nor joins it: said before what somebody may do there. */
async function isClosed(tx: Tx<Tables>, { organisation }: Gesture): Promise<boolean> {
  return (await lockOrganisation(tx, organisation))?.state === 'closed'
}

const authorOf = ({ inviter, invitation }: Held): 'self' | 'colleague' =>
  invitation.invitedBy === inviter.account ? 'self' : 'colleague'

export type Cancelled = 'cancelled' | 'over' | 'not-yours'

/** Cancels an invitation: its link opens nothing from the commit on (P22). */
export function cancelInvitation({ db }: Needs<'db'>, gesture: Gesture): Promise<Cancelled> {
  return transact(db, async (tx) => {
    const held = await holdAsMember(tx, gesture)
    if (!held) return 'not-yours'
    if (!mayCancel(held.inviter.actor, authorOf(held))) return 'not-yours'
    if (!(await cancel(tx, held.invitation, gesture))) return 'over'
    await tellColleague(tx, held)
    return 'cancelled'
  })
}

/** ML10: whoever sent it hears that somebody else of the team has ended it. */
async function tellColleague(tx: Tx<Tables>, held: Held): Promise<void> {
  const { organisation, invitedBy } = held.invitation
  if (authorOf(held) === 'self') return
  await tellInviter(tx, { organisation, invitedBy, what: 'withdrawn', person: null })
}

/**
 * The team of the ANM cancels an invitation, and whoever sent it is told why (P22). Whether who does it
 * may is theirs to see.
 * @returns who had sent it, null when that is nobody any more; undefined when it no longer waits
 */
export async function cancelForTeam(
  tx: Tx<Tables>,
  gesture: Gesture & { readonly reason: string },
): Promise<{ readonly invitedBy: string | null } | undefined> {
  const { organisation, reason } = gesture
  await lockOrganisation(tx, organisation)
  const invitation = await lockInvitation(tx, gesture.invitation)
  if (invitation?.organisation !== organisation) return undefined
  if (!(await cancel(tx, invitation, gesture))) return undefined
  const { invitedBy } = invitation
  await tellInviter(tx, { organisation, invitedBy, what: 'cancelled', person: null, reason })
  return { invitedBy }
}

async function cancel(
  tx: Tx<Tables>,
  invitation: Invitation,
  { by, now }: Gesture,
): Promise<boolean> {
  if (!(await settle(tx, invitation.id, { state: 'cancelled' }))) return false
  await endLinkOf(tx, invitation, now)
  await record(tx, {
    event: 'invitation-cancelled',
    organisation: invitation.organisation,
    by,
    details: { invitation: invitation.id },
  })
  return true
}

async function endLinkOf(tx: Tx<Tables>, invitation: Invitation, now: Date): Promise<void> {
  if (invitation.invitedBy === null) return
  const { id: subject, invitedBy: account } = invitation
  await withdrawProof(tx, { account, purpose: 'invitation', subject, now })
}

export type SentAgain =
  | 'sent'
  | 'too-soon'
  | 'too-often'
  | 'over'
  | 'not-yours'
  | 'member'
  /** The organisation is closed: nobody joins it any more. */
  | 'closed'

/**
 * Sends an invitation once more: the same link, with another fourteen days. Sent by somebody else of the
 * team it is theirs from then on, and they answer for it. One that has expired is sent anew.
 */
export function sendInvitationAgain({ db }: Needs<'db'>, gesture: Gesture): Promise<SentAgain> {
  return transact(db, async (tx) => {
    if (await isClosed(tx, gesture)) return 'closed'
    const held = await holdAsMember(tx, gesture)
    if (!held || !mayGive(held.inviter.actor, held.invitation.role)) return 'not-yours'
    const { invitation } = held
    const { now } = gesture
    const isOpen = invitation.state === 'pending' && invitation.expiresAt > now
    if (!isOpen && invitation.state !== 'pending' && invitation.state !== 'expired') return 'over'
    if (!isOpen) {
      const verdict = await inviteInstead(tx, { held, email: invitation.email, now })
      if (verdict === 'valid') return 'sent'
      if (verdict === 'member') return 'member'
      return verdict === 'invited' ? 'over' : 'too-often'
    }
    if (now.getTime() - invitation.sentAt.getTime() < PAUSE) return 'too-soon'
    const key = identifierKey(invitation.email)
    const known = await findKnown(tx, held.organisation.id, [key])
    if (known.tired.has(key) || known.left <= 0) return 'too-often'
    await sendOnce(tx, held, now)
    return 'sent'
  })
}

async function sendOnce(tx: Tx<Tables>, held: Held, now: Date): Promise<void> {
  const { organisation, inviter, invitation } = held
  const by = inviter.account
  if (invitation.invitedBy !== by) await endLinkOf(tx, invitation, now)
  const proof = await renewProof(tx, {
    account: by,
    purpose: 'invitation',
    subject: invitation.id,
    email: invitation.email,
    now,
  })
  const letter = await post(tx, {
    code: 'invitation',
    proof,
    details: detailsOf(organisation, { inviter, role: invitation.role }),
  })
  const expiresAt = new Date(now.getTime() + LIFETIMES.invitation)
  await noteSentAgain(tx, { id: invitation.id, by, letter, now, expiresAt })
  await record(tx, {
    event: 'invitation-sent-again',
    organisation: organisation.id,
    by,
    details: { invitation: invitation.id },
  })
}

export type Corrected = Verdict | 'over' | 'not-yours' | 'same' | 'closed'

/**
 * Corrects the address of an invitation, in one gesture: the one that went to the wrong mailbox ends, with
 * its link, and the right one is invited as they were. Refused, neither has happened.
 */
export function correctInvitation(
  { db }: Needs<'db'>,
  gesture: Gesture & { readonly email: string },
): Promise<Corrected> {
  return transact(db, async (tx) => {
    if (await isClosed(tx, gesture)) return 'closed'
    const held = await holdAsMember(tx, gesture)
    if (!held || !mayGive(held.inviter.actor, held.invitation.role)) return 'not-yours'
    if (!mayCancel(held.inviter.actor, authorOf(held))) return 'not-yours'
    const { invitation } = held
    if (invitation.state !== 'pending' && invitation.state !== 'expired') return 'over'
    if (identifierKey(invitation.email) === identifierKey(gesture.email)) return 'same'
    const verdict = await inviteInstead(tx, { held, email: gesture.email, now: gesture.now })
    if (verdict === 'valid' && (await cancel(tx, invitation, gesture))) {
      await tellColleague(tx, held)
    }
    return verdict
  })
}

/** Invites somebody as this invitation did. */
async function inviteInstead(
  tx: Tx<Tables>,
  given: { readonly held: Held; readonly email: string; readonly now: Date },
): Promise<Verdict> {
  const { held, email, now } = given
  const { organisation, inviter, invitation } = held
  await expireNow(tx, organisation.id)
  const entry = { line: 1, typed: email, email, role: invitation.role, unknownRole: null }
  const judged = judge([entry], {
    role: invitation.role,
    may: rolesToGive(inviter.actor),
    known: await findKnown(tx, organisation.id, [identifierKey(email)]),
  })
  const { message, client } = invitation
  await sendInvitations(tx, {
    organisation,
    inviter,
    people: validOf(judged),
    message,
    client,
    now,
  })
  return judged[0]?.verdict ?? 'malformed'
}
