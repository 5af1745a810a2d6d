import { transact } from '@myanm/database'
import { record } from '#journal'
import { endMembership, lockOrganisation } from '#organisations'
import type { Needs } from '../services.ts'
import { tellEnd } from './letters.ts'
import { dayIn } from './rules.ts'
import { findMember, listDue } from './store.ts'

/** As many as one round ends: what is left waits a minute. */
const ROUND = 200

/**
 * Ends the memberships whose last day is over (ahead 12), each in a transaction of its own, so that no
 * organisation is kept waiting for another. Looked at again after the lock: the GESTIONNAIRE may have
 * given another day at the last minute.
 */
export async function endDueRoles({ db }: Needs<'db'>, now: Date): Promise<number> {
  let ended = 0
  for (const { organisation, membership } of await listDue(db, ROUND)) {
    const isEnded = await transact(db, async (tx) => {
      await lockOrganisation(tx, organisation)
      const member = await findMember(tx, { organisation, membership })
      if (member?.state !== 'active' || !member.ends_on || member.ends_on >= dayIn(now)) {
        return false
      }
      const { account, role } = member
      await record(tx, { event: 'role-ended', organisation, account, details: { role } })
      await endMembership(tx, {
        ...{ organisation, account, by: null },
        how: 'removed',
        because: 'last-day',
      })
      await tellEnd(tx, { organisation, account })
      return true
    })
    if (isEnded) ended += 1
  }
  return ended
}
