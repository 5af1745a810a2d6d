import { transact } from '@myanm/database'
import { lockOrganisation } from '#organisations'
import { identifierKey } from '#rules/accounts'
import type { Needs } from '../services.ts'
import { expireNow } from './expire.ts'
import { findInviter } from './inviter.ts'
import { type Entry, type InvitedRole, type Judged, judge, rolesToGive } from './rules.ts'
import { sendInvitations } from './send.ts'
import { findKnown, type Wanted } from './store.ts'

/** Who is invited, by whom, to what. */
export interface InviteWish {
  readonly organisation: string
  readonly by: string
  readonly entries: readonly Entry[]
  /** For whoever has none of their own in the list. */
  readonly role: InvitedRole
  readonly message: string | null
  readonly client: string | null
  readonly now: Date
}

/** What the list would come to: nothing is kept, nobody is written to. */
export async function rehearse(
  { db }: Needs<'db'>,
  wish: Omit<InviteWish, 'message' | 'client' | 'now'>,
): Promise<readonly Judged[]> {
  const inviter = await findInviter(db, { account: wish.by, organisation: wish.organisation })
  const known = await findKnown(db, wish.organisation, keysOf(wish.entries))
  return judge(wish.entries, {
    role: wish.role,
    may: inviter ? rolesToGive(inviter.actor) : [],
    known,
  })
}

/**
 * Invites whoever of the list can be invited, judged once more with the organisation held: of two who
 * invite the same person at once, one does. What an inviter may give is what they may at this moment.
 * @returns a result for each line; null when the organisation is closed, or the inviter no longer of it
 */
export function invite({ db }: Needs<'db'>, wish: InviteWish): Promise<readonly Judged[] | null> {
  return transact(db, async (tx) => {
    const organisation = await lockOrganisation(tx, wish.organisation)
    const inviter = await findInviter(tx, { account: wish.by, organisation: wish.organisation })
    if (!organisation || organisation.state === 'closed' || !inviter) return null
    // What is over but was not yet put away does not stand in the way of its successor.
    await expireNow(tx, wish.organisation)
    const known = await findKnown(tx, wish.organisation, keysOf(wish.entries))
    const judged = judge(wish.entries, {
      role: wish.role,
      may: rolesToGive(inviter.actor),
      known,
    })
    await sendInvitations(tx, { ...wish, organisation, inviter, people: validOf(judged) })
    return judged
  })
}

export const validOf = (judged: readonly Judged[]): readonly Wanted[] =>
  judged.flatMap(({ verdict, email, role }) =>
    verdict === 'valid' && email !== null ? [{ email, role: role as InvitedRole }] : [],
  )

const keysOf = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap(({ email }) => (email === null ? [] : [identifierKey(email)]))
