import type { Db, Tx } from '@myanm/database'
import type { Person } from '@myanm/permissions'
import { standingOf } from '#accounts'
import { displayName } from '#rules/accounts'
import { nameInMail } from '#rules/mail'
import { actorOf } from '#rules/memberships'
import type { Tables } from '../tables.ts'
import { type InvitedRole, mayGive } from './rules.ts'

/** Somebody of the team, as they are at this moment; undefined for whoever is no longer. */
export interface Inviter {
  readonly account: string
  readonly actor: Person
  readonly name: string
}

export async function findInviter(
  db: Db<Tables> | Tx<Tables>,
  of: { readonly account: string | null; readonly organisation: string },
): Promise<Inviter | undefined> {
  if (of.account === null) return undefined
  const standing = await standingOf(db, of.account, of.organisation)
  if (!standing?.organisation || standing.account.state !== 'active') return undefined
  return {
    account: of.account,
    actor: actorOf(standing),
    name: displayName({ ...standing.account, email: null }),
  }
}

/**
 * Whether an invitation still has somebody behind it. A right that is taken away is taken away whole: who
 * was removed, suspended or lowered has not left a door open for themselves, or for a friend, as a mail
 * of last week. Somebody else of the team sends it again in their own name.
 */
export const isSupported = (inviter: Inviter | undefined, role: InvitedRole): boolean =>
  inviter !== undefined && mayGive(inviter.actor, role)

/** What a mail calls somebody, or an organisation: a name that reads like an address is left out (F32). */
export const calledInMail = (name: string): string => nameInMail(name) ?? 'none'
