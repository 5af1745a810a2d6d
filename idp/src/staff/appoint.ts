import type { Db } from '@myanm/database'
import { findByIdentifier } from '#accounts'
import { hasSecondFactor } from '#authenticators'
import { record } from '#journal'
import { endSessionsOf } from '#oidc'
import { openProof, type ProofSecrets, redeemProof } from '#proofs'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { endMember, holdMember, lockInOrder, saveMember } from './store.ts'

export const INVITATION_PATH = '/invitation-equipe'

export type Invited =
  | { readonly invited: true; readonly path: string; readonly account: string }
  | { readonly invited: false }

/**
 * Makes a one-time link with which the person of this address joins the team: it opens nothing for
 * anybody else, nor without a second factor, and ends after a day.
 * @param invitation `by`: who invites; null when it is the command, for the first of the team
 */
export function invite(
  { db, secrets }: { readonly db: Db<Tables>; readonly secrets: ProofSecrets },
  invitation: { readonly email: string; readonly by: string | null; readonly now: Date },
): Promise<Invited> {
  const { email, by, now } = invitation
  return db.transaction().execute(async (tx) => {
    if (by !== null && !(await holdMember(tx, by))) return { invited: false }
    const account = await findByIdentifier(tx, email)
    if (account?.state !== 'active') return { invited: false }
    const { proof } = await openProof(tx, {
      account: account.id,
      purpose: 'staff-invitation',
      subject: by ?? '',
      now,
    })
    const path = `${INVITATION_PATH}/${secrets.tokenOf(proof)}`
    return { invited: true, path, account: account.id }
  })
}

export type Joined = 'joined' | 'no-second-factor' | 'over'

/** Joins the team with an invitation. The person is signed in, and strongly: their own page sees to it. */
export function join(
  { db }: Needs<'db'>,
  given: { readonly proof: string; readonly account: string; readonly now: Date },
): Promise<Joined> {
  const { proof: id, account, now } = given
  return db.transaction().execute(async (tx) => {
    if (!(await hasSecondFactor(tx, account))) return 'no-second-factor'
    const proof = await redeemProof(tx, { id, purpose: 'staff-invitation', now })
    if (!proof) return 'over'
    if (proof.account_id !== account) throw new Error('An invitation of somebody else')
    const by = proof.subject === '' ? null : proof.subject
    // Who invited and has left the team since, or is suspended, invites nobody.
    if (by !== null && !(await holdMember(tx, by))) return 'over'
    await saveMember(tx, { account, invitedBy: by })
    await record(tx, { event: 'staff-appointed', account, details: { by: by ?? 'command' } })
    return 'joined'
  })
}

/** Ends somebody's part in the team, and their sessions with it. Nobody dismisses themselves. */
export function dismiss(
  { db }: Needs<'db'>,
  { staff, account }: { readonly staff: string; readonly account: string },
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await lockInOrder(tx, [staff, account])
    if (staff === account || !(await holdMember(tx, staff))) return false
    if (!(await endMember(tx, account))) return false
    await endSessionsOf(tx, account, 'all')
    await record(tx, { event: 'staff-dismissed', account, details: { by: staff } })
    return true
  })
}
