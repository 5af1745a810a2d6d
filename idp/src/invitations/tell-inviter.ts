import type { Tx } from '@myanm/database'
import { post } from '#mail'
import { findOrganisation } from '#organisations'
import type { Tables } from '../tables.ts'
import { calledInMail, findInviter } from './inviter.ts'

/**
 * Says to whoever invited what became of it (ML10), as long as they are of the team. No address is in the
 * letter: which one it was stands on the page it leads to.
 */
export async function tellInviter(
  tx: Tx<Tables>,
  told: {
    readonly organisation: string
    readonly invitedBy: string | null
    readonly what: 'accepted' | 'declined' | 'expired' | 'cancelled' | 'withdrawn'
    /** Who joined, whom the team sees from now on; nobody else is named. */
    readonly person: string | null
    readonly count?: number
    /** Why the team of the ANM cancelled it, in its own words. */
    readonly reason?: string
  },
): Promise<void> {
  const { organisation: id, invitedBy: account, what, person, count = 1, reason } = told
  const inviter = await findInviter(tx, { account, organisation: id })
  const organisation = await findOrganisation(tx, { id })
  if (!inviter || !organisation) return
  await post(tx, {
    code: 'invitation-settled',
    account: inviter.account,
    details: {
      organisation: calledInMail(organisation.name),
      organisationId: id,
      person: person === null ? 'none' : calledInMail(person),
      what,
      count,
      ...(reason !== undefined && { reason }),
    },
  })
}
