import type { Db } from '@myanm/database'
import { listProvenAddresses } from '#accounts'
import { displayName } from '#rules/accounts'
import type { Tables } from '../tables.ts'
import type { InvitedRole } from './rules.ts'
import { listWaiting } from './store.ts'

/** An invitation somebody may answer without its mail. */
export interface WaitingInvitation {
  readonly id: string
  readonly organisation: { readonly id: string; readonly name: string }
  readonly role: InvitedRole
  /** Empty for whoever has not told their name. */
  readonly invitedBy: string
  readonly expiresAt: Date
  /** Its page, where one accepts or declines. */
  readonly href: string
}

/**
 * What waits for a person at the addresses they have proven: for their own pages, and for the page of a
 * site they cannot enter yet. Nobody becomes a member by it before they have seen to what (6.1).
 */
export async function listInvitationsOf(
  db: Db<Tables>,
  account: string,
): Promise<readonly WaitingInvitation[]> {
  const waiting = await listWaiting(db, await listProvenAddresses(db, account))
  return waiting.map(({ invitedBy, ...invitation }) => ({
    ...invitation,
    invitedBy: displayName({ ...invitedBy, email: null }),
    href: personalPath(invitation.id),
  }))
}

export const personalPath = (invitation: string): string => `/compte/invitations/${invitation}`
