import { isUniqueViolation, type Tx, transact } from '@myanm/database'
import {
  type Account,
  addProvenAddress,
  changeAccountType,
  findAccount,
  listProvenAddresses,
} from '#accounts'
import { record } from '#journal'
import { admit, findMembership, type LockedOrganisation, lockOrganisation } from '#organisations'
import { type Proof, redeemProof, withdrawProof } from '#proofs'
import { displayName, identifierKey } from '#rules/accounts'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { findInviter, isSupported } from './inviter.ts'
import type { InvitedRole } from './rules.ts'
import { findInvitation, type Invitation, lockInvitation, settle } from './store.ts'
import { tellInviter } from './tell-inviter.ts'

/** Why an invitation is not accepted; nothing has happened then. */
export type NotAccepted =
  /** Answered, cancelled, expired, its organisation closed. */
  | 'over'
  /** Who sent it may no longer. */
  | 'unsupported'
  /** For another address than the person's own (E34). */
  | 'for-other'
  /** Of the team already. */
  | 'member'

export type Accepted =
  | {
      readonly accepted: true
      readonly account: string
      readonly organisation: string
      readonly client: string | null
      readonly role: InvitedRole
    }
  | { readonly accepted: false; readonly because: NotAccepted }

/**
 * Accepts an invitation for somebody signed in, at an address of theirs that they have proven, or, with
 * the link of its mail, at any address that is nobody else's: that mailbox leads to their account from
 * then on (ahead 6).
 */
export function acceptInvitation(
  { db }: Needs<'db'>,
  answer: {
    readonly invitation: string
    readonly account: string
    /** The link, when they came by it. */
    readonly proof: Proof | null
    readonly now: Date
  },
): Promise<Accepted> {
  const { invitation: id, account, proof, now } = answer
  return whenSettled(() =>
    transact(db, async (tx) => {
      const held = await hold(tx, { id, now })
      if (!held.isOpen) return { accepted: false, because: held.because }
      const person = await findAccount(tx, account)
      if (person?.state !== 'active') return { accepted: false, because: 'for-other' }
      if (!(await isTheirs(tx, { ...answer, invitation: held.invitation }))) {
        return { accepted: false, because: 'for-other' }
      }
      return enter(tx, { ...held, person, proof, now })
    }),
  )
}

/** Whether the invited mailbox is this person's: proven before, or by the link and nobody else's. */
async function isTheirs(
  tx: Tx<Tables>,
  given: {
    readonly invitation: Invitation
    readonly account: string
    readonly proof: Proof | null
  },
): Promise<boolean> {
  const { invitation, account, proof } = given
  const proven = await listProvenAddresses(tx, account)
  if (proven.includes(identifierKey(invitation.email))) return true
  if (proof === null || proof.subject !== invitation.id) return false
  return (await addProvenAddress(tx, { account, email: invitation.email })) !== 'taken'
}

type Held =
  | {
      readonly isOpen: true
      readonly invitation: Invitation
      readonly organisation: LockedOrganisation
    }
  | { readonly isOpen: false; readonly because: 'over' | 'unsupported' }

/**
 * Takes the organisation, then the invitation: whoever cancels, corrects or accepts it at the same moment
 * waits here, and finds what was decided (F26).
 */
export async function hold(
  tx: Tx<Tables>,
  { id, now }: { readonly id: string; readonly now: Date },
): Promise<Held> {
  const seen = await findInvitation(tx, id)
  const organisation = seen && (await lockOrganisation(tx, seen.organisation))
  const invitation = seen && (await lockInvitation(tx, id))
  if (!organisation || organisation.state === 'closed') return { isOpen: false, because: 'over' }
  if (invitation?.state !== 'pending' || invitation.expiresAt <= now) {
    return { isOpen: false, because: 'over' }
  }
  const inviter = await findInviter(tx, {
    account: invitation.invitedBy,
    organisation: organisation.id,
  })
  if (!isSupported(inviter, invitation.role)) return { isOpen: false, because: 'unsupported' }
  return { isOpen: true, invitation, organisation }
}

/** The person becomes a member: the invitation is settled first, so that nothing else closes it. */
export async function enter(
  tx: Tx<Tables>,
  given: {
    readonly invitation: Invitation
    readonly organisation: LockedOrganisation
    readonly person: Account
    readonly proof: Proof | null
    readonly now: Date
  },
): Promise<Accepted> {
  const { invitation, organisation, person, now } = given
  const account = person.id
  await endLink(tx, { invitation, proof: given.proof, now })
  if (await findMembership(tx, { organisation: organisation.id, account })) {
    await settle(tx, invitation.id, { state: 'superseded' })
    return { accepted: false, because: 'member' }
  }
  await settle(tx, invitation.id, { state: 'accepted', by: account })
  await admit(tx, {
    organisation: organisation.id,
    account,
    role: invitation.role,
    by: invitation.invitedBy,
    because: 'invitation',
  })
  if (person.account_type === 'particulier') {
    await changeAccountType(tx, account, { from: 'particulier', to: 'organisme' })
  }
  await record(tx, {
    event: 'invitation-accepted',
    organisation: organisation.id,
    account,
    by: account,
    details: { invitation: invitation.id, role: invitation.role },
  })
  await tellInviter(tx, {
    organisation: organisation.id,
    invitedBy: invitation.invitedBy,
    what: 'accepted',
    person: displayName({ ...person, email: null }),
  })
  const { client, role } = invitation
  return { accepted: true, account, organisation: organisation.id, client, role }
}

/**
 * Declines an invitation: with its link, or at an address of one's own. Who it was for is not said to
 * anybody who does not know.
 */
export function declineInvitation(
  { db }: Needs<'db'>,
  answer: {
    readonly invitation: string
    /** Null for whoever came by the link without signing in. */
    readonly account: string | null
    readonly proof: Proof | null
    readonly now: Date
  },
): Promise<
  { readonly declined: true } | { readonly declined: false; readonly because: NotAccepted }
> {
  const { account, proof, now } = answer
  return transact(db, async (tx) => {
    const seen = await findInvitation(tx, answer.invitation)
    // The organisation first, as whoever accepts or cancels does.
    if (seen) await lockOrganisation(tx, seen.organisation)
    const invitation = seen && (await lockInvitation(tx, seen.id))
    if (invitation?.state !== 'pending' || invitation.expiresAt <= now) {
      return { declined: false, because: 'over' }
    }
    const hasLink = proof !== null && proof.subject === invitation.id
    if (!hasLink && !(await isAtOwnAddress(tx, account, invitation.email))) {
      return { declined: false, because: 'for-other' }
    }
    await settle(tx, invitation.id, { state: 'declined' })
    await endLink(tx, { invitation, proof, now })
    const { organisation, invitedBy } = invitation
    await record(tx, {
      event: 'invitation-declined',
      organisation,
      account: account ?? undefined,
      details: { invitation: invitation.id },
    })
    await tellInviter(tx, { organisation, invitedBy, what: 'declined', person: null })
    return { declined: true }
  })
}

async function isAtOwnAddress(
  tx: Tx<Tables>,
  account: string | null,
  email: string,
): Promise<boolean> {
  if (account === null) return false
  return (await listProvenAddresses(tx, account)).includes(identifierKey(email))
}

/** The link is used up by whoever came with it; for everybody else it ends. */
async function endLink(
  tx: Tx<Tables>,
  given: {
    readonly invitation: Invitation
    readonly proof: Proof | null
    readonly now: Date
  },
): Promise<void> {
  const { invitation, proof, now } = given
  if (proof) await redeemProof(tx, { id: proof.id, purpose: 'invitation', now })
  if (invitation.invitedBy === null) return
  await withdrawProof(tx, {
    account: invitation.invitedBy,
    purpose: 'invitation',
    subject: invitation.id,
    now,
  })
}

/** Of two who want one address or one place at once, the second looks again and finds the first. */
export async function whenSettled<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    const isBeaten =
      isUniqueViolation(error, 'account_identifier_pkey') ||
      isUniqueViolation(error, 'account_email_key')
    if (!isBeaten) throw error
    return work()
  }
}
