import type { Db } from '@myanm/database'
import { listProvenAddresses } from '#accounts'
import type { Tables } from '../tables.ts'
import { findInviter, isSupported } from './inviter.ts'
import type { InvitedRole } from './rules.ts'
import { listWaiting } from './store.ts'

/** An invitation somebody may answer without its mail. */
export interface WaitingInvitation {
  readonly id: string
  readonly organisation: { readonly id: string; readonly name: string }
  readonly role: InvitedRole
  /** Empty for whoever has not told their name. */
  readonly invitedBy: string
  /** What the inviter wrote, for this person's eyes. */
  readonly message: string | null
  readonly expiresAt: Date
  /** Its page, where one accepts or declines. */
  readonly href: string
}

/**
 * What waits for a person at the addresses they have proven: for their own pages, and for the page of a
 * site they cannot enter yet. Nobody becomes a member by it before they have seen to what (6.1); what
 * nobody answers for any more is not offered.
 */
export async function listInvitationsOf(
  db: Db<Tables>,
  account: string,
): Promise<readonly WaitingInvitation[]> {
  const waiting = await listWaiting(db, await listProvenAddresses(db, account))
  const offered: WaitingInvitation[] = []
  for (const { invitedBy, ...invitation } of waiting) {
    const inviter = await findInviter(db, {
      account: invitedBy,
      organisation: invitation.organisation.id,
    })
    if (!inviter || !isSupported(inviter, invitation.role)) continue
    offered.push({ ...invitation, invitedBy: inviter.name, href: personalPath(invitation.id) })
  }
  return offered
}

export const personalPath = (invitation: string): string => `/compte/invitations/${invitation}`
